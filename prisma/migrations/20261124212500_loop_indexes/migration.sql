-- What the loops ask for again and again, none of which may read a whole table (test/integration/loop-queries.test.ts).

-- DropIndex. Deadlines are looked at work unit by work unit.
DROP INDEX "Task_deadlineAt_idx";

-- CreateIndex
CREATE INDEX "ForecastScore_until_idx" ON "ForecastScore"("until");

-- CreateIndex
CREATE INDEX "GuardRecord_at_idx" ON "GuardRecord"("at");

-- CreateIndex
CREATE INDEX "OwnerNeed_until_idx" ON "OwnerNeed"("until");

-- CreateIndex
CREATE INDEX "TelemetryChunk_hour_idx" ON "TelemetryChunk"("hour");

-- CreateIndex
CREATE INDEX "Upload_sha256_idx" ON "Upload"("sha256");

-- CreateIndex
CREATE INDEX "WorkUnit_batchId_finishedAt_idx" ON "WorkUnit"("batchId", "finishedAt");

-- Of some rows only, for which Prisma's schema has no word: the tasks that are on a device now, of the many that ever were.
CREATE INDEX "Task_onDevice_idx" ON "Task"("deviceId") WHERE "state" IN ('leased', 'preparing', 'running', 'paused');

-- DropIndex
DROP INDEX "DeviceTrust_appVersionId_idx";

-- CreateIndex. Also what was learned of a version since it was last looked at.
CREATE INDEX "DeviceTrust_appVersionId_updatedAt_idx" ON "DeviceTrust"("appVersionId", "updatedAt");
