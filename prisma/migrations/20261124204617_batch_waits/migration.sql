-- Why tasks of a batch wait is said by each process that holds devices, in a row of its own. What the column held was true
-- for a moment only and is said anew within seconds: nothing is moved.

-- AlterTable
ALTER TABLE "Batch" DROP COLUMN "waitReasons";

-- CreateTable
CREATE TABLE "BatchWait" (
    "batchId" UUID NOT NULL,
    "serverId" TEXT NOT NULL,
    "reasons" JSONB NOT NULL,
    "notedAt" TIMESTAMPTZ NOT NULL,

    CONSTRAINT "BatchWait_pkey" PRIMARY KEY ("batchId","serverId")
);

-- CreateIndex
CREATE INDEX "BatchWait_notedAt_idx" ON "BatchWait"("notedAt");

-- AddForeignKey
ALTER TABLE "BatchWait" ADD CONSTRAINT "BatchWait_batchId_fkey" FOREIGN KEY ("batchId") REFERENCES "Batch"("id") ON DELETE CASCADE ON UPDATE CASCADE;
