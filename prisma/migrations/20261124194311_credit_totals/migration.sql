-- What the ledger amounts to leaves the rows that say who or what it is for: a grant waits for none of them.

-- CreateTable. Written with every grant: the room left in each page lets PostgreSQL write beside the old version.
CREATE TABLE "UserCredit" (
    "userId" UUID NOT NULL,
    "total" DOUBLE PRECISION NOT NULL,
    "recent" DOUBLE PRECISION NOT NULL,
    "recentAt" TIMESTAMPTZ NOT NULL,

    CONSTRAINT "UserCredit_pkey" PRIMARY KEY ("userId")
) WITH (fillfactor = 80);

-- CreateTable
CREATE TABLE "DeviceCredit" (
    "deviceId" UUID NOT NULL,
    "total" DOUBLE PRECISION NOT NULL,
    "recent" DOUBLE PRECISION NOT NULL,
    "recentAt" TIMESTAMPTZ NOT NULL,

    CONSTRAINT "DeviceCredit_pkey" PRIMARY KEY ("deviceId")
) WITH (fillfactor = 80);

-- CreateTable
CREATE TABLE "ProjectCredit" (
    "projectId" UUID NOT NULL,
    "total" DOUBLE PRECISION NOT NULL,

    CONSTRAINT "ProjectCredit_pkey" PRIMARY KEY ("projectId")
) WITH (fillfactor = 50);

-- Who was granted nothing yet has no row. A recent average without a time was shown as none.
INSERT INTO "UserCredit" ("userId", "total", "recent", "recentAt")
SELECT "id", "totalCredit", CASE WHEN "recentCreditAt" IS NULL THEN 0 ELSE "recentCredit" END, COALESCE("recentCreditAt", CURRENT_TIMESTAMP)
FROM "User" WHERE "totalCredit" <> 0 OR "recentCreditAt" IS NOT NULL;

INSERT INTO "DeviceCredit" ("deviceId", "total", "recent", "recentAt")
SELECT "id", "totalCredit", CASE WHEN "recentCreditAt" IS NULL THEN 0 ELSE "recentCredit" END, COALESCE("recentCreditAt", CURRENT_TIMESTAMP)
FROM "Device" WHERE "totalCredit" <> 0 OR "recentCreditAt" IS NOT NULL;

INSERT INTO "ProjectCredit" ("projectId", "total") SELECT "id", "totalCredit" FROM "Project" WHERE "totalCredit" <> 0;

-- CreateIndex
CREATE INDEX "UserCredit_total_idx" ON "UserCredit"("total" DESC);

-- CreateIndex
CREATE INDEX "DeviceCredit_total_idx" ON "DeviceCredit"("total" DESC);

-- AddForeignKey
ALTER TABLE "UserCredit" ADD CONSTRAINT "UserCredit_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "DeviceCredit" ADD CONSTRAINT "DeviceCredit_deviceId_fkey" FOREIGN KEY ("deviceId") REFERENCES "Device"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProjectCredit" ADD CONSTRAINT "ProjectCredit_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- DropIndex
DROP INDEX "User_recentCredit_idx";

-- DropIndex
DROP INDEX "User_totalCredit_idx";

-- AlterTable
ALTER TABLE "Device" DROP COLUMN "recentCredit",
DROP COLUMN "recentCreditAt",
DROP COLUMN "totalCredit";

-- AlterTable
ALTER TABLE "Project" DROP COLUMN "totalCredit";

-- AlterTable
ALTER TABLE "User" DROP COLUMN "recentCredit",
DROP COLUMN "recentCreditAt",
DROP COLUMN "totalCredit";
