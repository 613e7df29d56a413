-- CreateEnum
CREATE TYPE "SweepKind" AS ENUM ('cancelBatch', 'rerunBatch', 'giveBackProject', 'giveBackAppVersion');

-- CreateTable
CREATE TABLE "Sweep" (
    "kind" "SweepKind" NOT NULL,
    "subjectId" UUID NOT NULL,
    "next" INTEGER NOT NULL DEFAULT 0,
    "done" INTEGER NOT NULL DEFAULT 0,
    "total" INTEGER NOT NULL DEFAULT 0,
    "startedAt" TIMESTAMPTZ NOT NULL,
    "sweptAt" TIMESTAMPTZ NOT NULL,

    CONSTRAINT "Sweep_pkey" PRIMARY KEY ("kind","subjectId")
);

-- CreateIndex
CREATE INDEX "Sweep_sweptAt_idx" ON "Sweep"("sweptAt");
