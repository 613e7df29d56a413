-- CreateIndex
CREATE INDEX "CreditEntry_grantedAt_idx" ON "CreditEntry" USING BRIN ("grantedAt");
