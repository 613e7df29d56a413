-- AlterTable
ALTER TABLE "EnrolmentCode" ADD COLUMN     "kind" "DeviceKind",
ADD COLUMN     "name" TEXT;
