-- AlterTable
ALTER TABLE "Upload" ADD COLUMN     "heldBy" UUID,
ADD COLUMN     "heldUntil" TIMESTAMPTZ;
