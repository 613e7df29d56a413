-- AlterTable
ALTER TABLE "ForecastScore" DROP CONSTRAINT "ForecastScore_pkey",
ADD COLUMN     "patienceSeconds" INTEGER NOT NULL DEFAULT 0,
ADD CONSTRAINT "ForecastScore_pkey" PRIMARY KEY ("deviceId", "madeAt", "windowSeconds", "patienceSeconds");
