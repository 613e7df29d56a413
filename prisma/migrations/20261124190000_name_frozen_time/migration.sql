-- One name for one thing: how long a task may stand frozen.
ALTER TABLE "Batch" RENAME COLUMN "patienceSeconds" TO "maxFrozenSeconds";
ALTER TABLE "ForecastScore" RENAME COLUMN "patienceSeconds" TO "maxFrozenSeconds";
