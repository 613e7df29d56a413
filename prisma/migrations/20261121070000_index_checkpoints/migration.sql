-- For the collection of garbage, which asks of each blob whether it is a checkpoint that is still needed.
-- Prisma's schema has no word for an index of some rows only: few tasks leave a checkpoint, and the others pay nothing.
CREATE INDEX "Task_checkpointSha256_idx" ON "Task"("checkpointSha256") WHERE "checkpointSha256" IS NOT NULL;
