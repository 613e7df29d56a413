-- An app version has a build for each platform. Until now it had one image, in columns of its own.
CREATE TYPE "BuildKind" AS ENUM ('image', 'module');

CREATE TABLE "Build" (
    "id" UUID NOT NULL,
    "appVersionId" UUID NOT NULL,
    "platform" TEXT NOT NULL,
    "kind" "BuildKind" NOT NULL,
    "imageId" TEXT,
    "imageBytes" BIGINT,
    "imageReference" TEXT,
    "archiveSha256" TEXT NOT NULL,
    "archiveBytes" BIGINT NOT NULL,
    "manifest" TEXT,
    "signature" TEXT,
    "createdAt" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Build_pkey" PRIMARY KEY ("id")
);

-- Every version whose image was made. The platforms that it had then were that of its image.
INSERT INTO "Build" ("id", "appVersionId", "platform", "kind", "imageId", "imageBytes", "imageReference", "archiveSha256", "archiveBytes",
    "manifest", "signature", "createdAt")
SELECT gen_random_uuid(), v."id", COALESCE(v."platforms"[1], 'linux/amd64'), 'image', v."imageId", v."imageBytes", v."imageReference",
    v."archiveSha256", COALESCE(v."archiveBytes", 0), v."manifest", v."signature", v."createdAt"
FROM "AppVersion" v WHERE v."archiveSha256" IS NOT NULL;

CREATE UNIQUE INDEX "Build_appVersionId_platform_key" ON "Build"("appVersionId", "platform");
CREATE INDEX "Build_archiveSha256_idx" ON "Build"("archiveSha256");
ALTER TABLE "Build" ADD CONSTRAINT "Build_appVersionId_fkey" FOREIGN KEY ("appVersionId") REFERENCES "AppVersion"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What was on a device ran the only build that its version had.
ALTER TABLE "Task" ADD COLUMN "buildId" UUID;
UPDATE "Task" t SET "buildId" = u."id"
FROM "Batch" b JOIN "Build" u ON u."appVersionId" = b."appVersionId"
WHERE b."id" = t."batchId" AND t."deviceId" IS NOT NULL;
ALTER TABLE "Task" ADD CONSTRAINT "Task_buildId_fkey" FOREIGN KEY ("buildId") REFERENCES "Build"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "AppVersion" DROP COLUMN "archiveBytes",
DROP COLUMN "archiveSha256",
DROP COLUMN "imageBytes",
DROP COLUMN "imageId",
DROP COLUMN "imageReference",
DROP COLUMN "manifest",
DROP COLUMN "signature";
