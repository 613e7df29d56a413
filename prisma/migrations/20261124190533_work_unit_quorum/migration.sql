-- How many results must agree belongs to the work unit: its batch's when it was made.
ALTER TABLE "WorkUnit" ADD COLUMN "quorum" INTEGER;
UPDATE "WorkUnit" w SET "quorum" = b."quorum" FROM "Batch" b WHERE b."id" = w."batchId";
ALTER TABLE "WorkUnit" ALTER COLUMN "quorum" SET NOT NULL;
