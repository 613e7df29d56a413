-- Who is here, and how busy, leaves the row that says who a device is: a heartbeat locks nobody out any more.

-- CreateTable. Every row is written every few seconds: the room left in each page lets PostgreSQL write beside the old
-- version, without touching an index.
CREATE TABLE "DevicePresence" (
    "deviceId" UUID NOT NULL,
    "serverId" TEXT,
    "connectionId" TEXT,
    "lastSeenAt" TIMESTAMPTZ,
    "dutyCpu" DOUBLE PRECISION,
    "oursCpu" DOUBLE PRECISION,
    "sampledAt" TIMESTAMPTZ,

    CONSTRAINT "DevicePresence_pkey" PRIMARY KEY ("deviceId")
) WITH (fillfactor = 60);

-- Devices that never connected nor sent anything have no row.
INSERT INTO "DevicePresence" ("deviceId", "serverId", "connectionId", "lastSeenAt", "dutyCpu", "oursCpu", "sampledAt")
SELECT "id", "serverId", "connectionId", "lastSeenAt", "dutyCpu", "oursCpu", "sampledAt" FROM "Device"
WHERE "state" = 'online' OR num_nonnulls("serverId", "connectionId", "lastSeenAt", "dutyCpu", "oursCpu", "sampledAt") > 0;

-- CreateIndex
CREATE UNIQUE INDEX "DevicePresence_connectionId_key" ON "DevicePresence"("connectionId");

-- AddForeignKey
ALTER TABLE "DevicePresence" ADD CONSTRAINT "DevicePresence_deviceId_fkey" FOREIGN KEY ("deviceId") REFERENCES "Device"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- DropIndex
DROP INDEX "Device_serverId_idx";

-- AlterTable
ALTER TABLE "Device" DROP COLUMN "connectionId",
DROP COLUMN "dutyCpu",
DROP COLUMN "lastSeenAt",
DROP COLUMN "oursCpu",
DROP COLUMN "sampledAt",
DROP COLUMN "serverId";
