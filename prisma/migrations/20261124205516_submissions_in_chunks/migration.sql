-- A batch that is on its way, and one whose submission failed and that is being removed. Batches that exist are neither.
ALTER TYPE "BatchState" ADD VALUE 'submitting';
ALTER TYPE "BatchState" ADD VALUE 'abandoned';

ALTER TYPE "SweepKind" ADD VALUE 'removeBatch';

ALTER TABLE "Batch" ADD COLUMN     "submittingUntil" TIMESTAMPTZ;
