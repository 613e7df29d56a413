-- DropIndex
DROP INDEX "Task_batchId_state_idx";

-- CreateIndex
CREATE INDEX "Task_batchId_state_id_idx" ON "Task"("batchId", "state", "id");
