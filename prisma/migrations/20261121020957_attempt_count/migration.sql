-- CreateTable
CREATE TABLE "AttemptCount" (
    "keySha256" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "endsAt" TIMESTAMPTZ NOT NULL,

    CONSTRAINT "AttemptCount_pkey" PRIMARY KEY ("keySha256")
);

-- CreateIndex
CREATE INDEX "AttemptCount_endsAt_idx" ON "AttemptCount"("endsAt");
