-- AlterTable
ALTER TABLE "AppVersion" ADD COLUMN     "cutting" JSONB;

-- AlterTable
ALTER TABLE "Batch" ADD COLUMN     "confidence" DOUBLE PRECISION NOT NULL DEFAULT 0.9,
ADD COLUMN     "patienceSeconds" INTEGER NOT NULL DEFAULT 300,
ALTER COLUMN "placement" SET DEFAULT 'predictive';

-- AlterTable
ALTER TABLE "Device" ADD COLUMN     "rules" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "yoursNowId" UUID,
ADD COLUMN     "yoursNowImages" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "Task" ADD COLUMN     "checkpointBytes" BIGINT,
ADD COLUMN     "checkpointSha256" TEXT,
ADD COLUMN     "continuesTaskId" UUID;

-- AlterTable
ALTER TABLE "WorkUnit" ADD COLUMN     "share" DOUBLE PRECISION NOT NULL DEFAULT 1;

-- CreateTable
CREATE TABLE "GuardRecord" (
    "id" UUID NOT NULL,
    "deviceId" UUID NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    "action" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "detail" TEXT NOT NULL DEFAULT '',
    "latencyMs" DOUBLE PRECISION,
    "taskIds" UUID[],

    CONSTRAINT "GuardRecord_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "DutyDay" (
    "deviceId" UUID NOT NULL,
    "day" DATE NOT NULL,
    "steps" BYTEA NOT NULL,
    "updatedAt" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "DutyDay_pkey" PRIMARY KEY ("deviceId","day")
);

-- CreateTable
CREATE TABLE "OwnerNeed" (
    "id" UUID NOT NULL,
    "deviceId" UUID NOT NULL,
    "from" TIMESTAMPTZ NOT NULL,
    "until" TIMESTAMPTZ NOT NULL,
    "createdAt" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "OwnerNeed_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Forecast" (
    "deviceId" UUID NOT NULL,
    "madeAt" TIMESTAMPTZ NOT NULL,
    "modelId" UUID,
    "forecaster" TEXT NOT NULL,
    "limit" DOUBLE PRECISION NOT NULL,
    "survival" JSONB NOT NULL,

    CONSTRAINT "Forecast_pkey" PRIMARY KEY ("deviceId")
);

-- CreateTable
CREATE TABLE "PredictorModel" (
    "id" UUID NOT NULL,
    "version" SERIAL NOT NULL,
    "format" INTEGER NOT NULL,
    "data" BYTEA NOT NULL,
    "accuracy" JSONB NOT NULL,
    "devices" INTEGER NOT NULL,
    "rows" INTEGER NOT NULL,
    "seconds" DOUBLE PRECISION NOT NULL,
    "reason" TEXT NOT NULL,
    "trainedAt" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PredictorModel_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ForecastScore" (
    "deviceId" UUID NOT NULL,
    "madeAt" TIMESTAMPTZ NOT NULL,
    "windowSeconds" INTEGER NOT NULL,
    "forecaster" TEXT NOT NULL,
    "limit" DOUBLE PRECISION NOT NULL,
    "probability" DOUBLE PRECISION NOT NULL,
    "until" TIMESTAMPTZ NOT NULL,
    "held" BOOLEAN,
    "scoredAt" TIMESTAMPTZ,

    CONSTRAINT "ForecastScore_pkey" PRIMARY KEY ("deviceId","madeAt","windowSeconds")
);

-- CreateTable
CREATE TABLE "ForecastAccuracy" (
    "deviceId" UUID NOT NULL,
    "day" DATE NOT NULL,
    "forecasts" INTEGER NOT NULL DEFAULT 0,
    "brierSum" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "held" INTEGER NOT NULL DEFAULT 0,
    "counts" INTEGER[],
    "saidSums" DOUBLE PRECISION[],
    "heldCounts" INTEGER[],

    CONSTRAINT "ForecastAccuracy_pkey" PRIMARY KEY ("deviceId","day")
);

-- CreateTable
CREATE TABLE "RunTimeRecord" (
    "appVersionId" UUID NOT NULL,
    "deviceId" UUID NOT NULL,
    "count" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "logSum" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "logSquareSum" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "updatedAt" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "RunTimeRecord_pkey" PRIMARY KEY ("appVersionId","deviceId")
);

-- CreateIndex
CREATE INDEX "GuardRecord_deviceId_at_idx" ON "GuardRecord"("deviceId", "at" DESC);

-- CreateIndex
CREATE INDEX "DutyDay_day_idx" ON "DutyDay"("day");

-- CreateIndex
CREATE INDEX "OwnerNeed_deviceId_until_idx" ON "OwnerNeed"("deviceId", "until");

-- CreateIndex
CREATE INDEX "Forecast_madeAt_idx" ON "Forecast"("madeAt");

-- CreateIndex
CREATE UNIQUE INDEX "PredictorModel_version_key" ON "PredictorModel"("version");

-- CreateIndex
CREATE INDEX "ForecastScore_scoredAt_until_idx" ON "ForecastScore"("scoredAt", "until");

-- CreateIndex
CREATE INDEX "ForecastAccuracy_day_idx" ON "ForecastAccuracy"("day");

-- CreateIndex
CREATE UNIQUE INDEX "Task_continuesTaskId_key" ON "Task"("continuesTaskId");

-- AddForeignKey
ALTER TABLE "GuardRecord" ADD CONSTRAINT "GuardRecord_deviceId_fkey" FOREIGN KEY ("deviceId") REFERENCES "Device"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "DutyDay" ADD CONSTRAINT "DutyDay_deviceId_fkey" FOREIGN KEY ("deviceId") REFERENCES "Device"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OwnerNeed" ADD CONSTRAINT "OwnerNeed_deviceId_fkey" FOREIGN KEY ("deviceId") REFERENCES "Device"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Forecast" ADD CONSTRAINT "Forecast_deviceId_fkey" FOREIGN KEY ("deviceId") REFERENCES "Device"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ForecastScore" ADD CONSTRAINT "ForecastScore_deviceId_fkey" FOREIGN KEY ("deviceId") REFERENCES "Device"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ForecastAccuracy" ADD CONSTRAINT "ForecastAccuracy_deviceId_fkey" FOREIGN KEY ("deviceId") REFERENCES "Device"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Task" ADD CONSTRAINT "Task_continuesTaskId_fkey" FOREIGN KEY ("continuesTaskId") REFERENCES "Task"("id") ON DELETE SET NULL ON UPDATE CASCADE;
