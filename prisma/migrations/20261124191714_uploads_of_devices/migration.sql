-- DropIndex
DROP INDEX "Upload_userId_idx";

-- AlterTable
ALTER TABLE "Upload" ADD COLUMN     "deviceId" UUID;

-- CreateIndex
CREATE INDEX "Upload_userId_sha256_idx" ON "Upload"("userId", "sha256");

-- CreateIndex
CREATE INDEX "Upload_deviceId_sha256_idx" ON "Upload"("deviceId", "sha256");

-- What is on its way while the server is replaced counts too.
UPDATE "Upload" u SET "deviceId" = t."deviceId" FROM "Task" t WHERE t."id" = u."taskId";
