-- Room for devices without an account, for teams, for gangs of tasks, and for archives of closed batches.

-- The ledger stands by itself: the tasks and work units of an archived batch may go, and their entries stay.
-- DropForeignKey
ALTER TABLE "CreditEntry" DROP CONSTRAINT "CreditEntry_taskId_fkey";

-- DropForeignKey
ALTER TABLE "CreditEntry" DROP CONSTRAINT "CreditEntry_workUnitId_fkey";

-- CreateTable
CREATE TABLE "Team" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Team_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Team_name_key" ON "Team"("name");

-- AlterTable
ALTER TABLE "CreditEntry" ADD COLUMN     "teamId" UUID,
ALTER COLUMN "userId" DROP NOT NULL;

-- CreateIndex
CREATE INDEX "CreditEntry_teamId_grantedAt_idx" ON "CreditEntry"("teamId", "grantedAt");

-- AddForeignKey
ALTER TABLE "CreditEntry" ADD CONSTRAINT "CreditEntry_teamId_fkey" FOREIGN KEY ("teamId") REFERENCES "Team"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AlterTable
ALTER TABLE "Device" ALTER COLUMN "ownerId" DROP NOT NULL;

-- AlterTable
ALTER TABLE "Task" ADD COLUMN     "gangId" UUID;

-- AlterTable
ALTER TABLE "Batch" ADD COLUMN     "archiveBytes" BIGINT,
ADD COLUMN     "archiveSha256" TEXT,
ADD COLUMN     "archivedAt" TIMESTAMPTZ;

-- Of some rows only, for which Prisma's schema has no word: few tasks are of a gang, and few batches were archived.
CREATE INDEX "Task_gangId_idx" ON "Task"("gangId") WHERE "gangId" IS NOT NULL;
CREATE INDEX "Batch_archiveSha256_idx" ON "Batch"("archiveSha256") WHERE "archiveSha256" IS NOT NULL;
