-- Trust belongs to a device and an app version, and so do run times: one row for both, apart from the device's own.
CREATE TABLE "DeviceTrust" (
    "deviceId" UUID NOT NULL,
    "appVersionId" UUID NOT NULL,
    "validTasks" INTEGER NOT NULL DEFAULT 0,
    "invalidTasks" INTEGER NOT NULL DEFAULT 0,
    "erroredTasks" INTEGER NOT NULL DEFAULT 0,
    "lostTasks" INTEGER NOT NULL DEFAULT 0,
    "consecutiveValid" INTEGER NOT NULL DEFAULT 0,
    "dailyQuota" INTEGER,
    "count" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "logSum" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "logSquareSum" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "updatedAt" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "DeviceTrust_pkey" PRIMARY KEY ("deviceId","appVersionId")
);

-- The counters of a device cannot be divided among app versions, but its tasks tell. In a row are those that were found
-- valid after the last that was not.
INSERT INTO "DeviceTrust" ("deviceId", "appVersionId", "validTasks", "invalidTasks", "erroredTasks", "lostTasks", "consecutiveValid", "updatedAt")
SELECT j."deviceId", j."appVersionId",
    count(*) FILTER (WHERE j."state" = 'valid'),
    count(*) FILTER (WHERE j."state" = 'invalid'),
    count(*) FILTER (WHERE j."state" = 'errored'),
    count(*) FILTER (WHERE j."state" = 'lost'),
    count(*) FILTER (WHERE j."state" = 'valid' AND (j."badAt" IS NULL OR j."finishedAt" > j."badAt")),
    COALESCE(max(j."finishedAt"), CURRENT_TIMESTAMP)
FROM (
    SELECT t."deviceId", b."appVersionId", t."state", t."finishedAt",
        max(t."finishedAt") FILTER (WHERE t."state" <> 'valid') OVER (PARTITION BY t."deviceId", b."appVersionId") AS "badAt"
    FROM "Task" t JOIN "Batch" b ON b."id" = t."batchId"
    WHERE t."deviceId" IS NOT NULL AND t."state" IN ('valid', 'invalid', 'errored', 'lost')
) j
GROUP BY j."deviceId", j."appVersionId";

-- Run times of devices or versions that are gone told nobody anything.
INSERT INTO "DeviceTrust" ("deviceId", "appVersionId", "count", "logSum", "logSquareSum", "updatedAt")
SELECT r."deviceId", r."appVersionId", r."count", r."logSum", r."logSquareSum", r."updatedAt"
FROM "RunTimeRecord" r JOIN "Device" d ON d."id" = r."deviceId" JOIN "AppVersion" v ON v."id" = r."appVersionId"
ON CONFLICT ("deviceId", "appVersionId") DO UPDATE SET
    "count" = EXCLUDED."count", "logSum" = EXCLUDED."logSum", "logSquareSum" = EXCLUDED."logSquareSum",
    "updatedAt" = EXCLUDED."updatedAt";

DROP TABLE "RunTimeRecord";

ALTER TABLE "Device" DROP COLUMN "consecutiveValid",
DROP COLUMN "erroredTasks",
DROP COLUMN "invalidTasks",
DROP COLUMN "lostTasks",
DROP COLUMN "validTasks";

CREATE INDEX "DeviceTrust_appVersionId_idx" ON "DeviceTrust"("appVersionId");

ALTER TABLE "DeviceTrust" ADD CONSTRAINT "DeviceTrust_deviceId_fkey" FOREIGN KEY ("deviceId") REFERENCES "Device"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "DeviceTrust" ADD CONSTRAINT "DeviceTrust_appVersionId_fkey" FOREIGN KEY ("appVersionId") REFERENCES "AppVersion"("id") ON DELETE CASCADE ON UPDATE CASCADE;
