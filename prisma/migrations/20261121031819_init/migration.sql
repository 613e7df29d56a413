-- CreateEnum
CREATE TYPE "ResearcherRequestState" AS ENUM ('pending', 'approved', 'declined', 'withdrawn');

-- CreateEnum
CREATE TYPE "DeviceState" AS ENUM ('pending', 'online', 'offline', 'retired');

-- CreateEnum
CREATE TYPE "DeviceKind" AS ENUM ('computer', 'board', 'gateway', 'camera', 'other');

-- CreateEnum
CREATE TYPE "ProjectState" AS ENUM ('draft', 'submitted', 'approved', 'suspended', 'finished');

-- CreateEnum
CREATE TYPE "AppVersionSource" AS ENUM ('dockerfile', 'archive', 'reference', 'code');

-- CreateEnum
CREATE TYPE "AppVersionState" AS ENUM ('building', 'built', 'failed', 'submitted', 'approved', 'rejected', 'withdrawn');

-- CreateEnum
CREATE TYPE "BatchState" AS ENUM ('open', 'done', 'cancelled');

-- CreateEnum
CREATE TYPE "Placement" AS ENUM ('random', 'spread', 'binpack');

-- CreateEnum
CREATE TYPE "WorkUnitState" AS ENUM ('open', 'done', 'failed', 'cancelled');

-- CreateEnum
CREATE TYPE "TaskState" AS ENUM ('unsent', 'leased', 'preparing', 'running', 'paused', 'reported', 'valid', 'invalid', 'errored', 'lost', 'cancelled', 'returned');

-- CreateEnum
CREATE TYPE "UploadPurpose" AS ENUM ('taskOutput', 'batchInput', 'appSource');

-- CreateTable
CREATE TABLE "User" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "passwordHash" TEXT,
    "accessLevel" INTEGER NOT NULL DEFAULT 30,
    "country" TEXT,
    "showOnLeaderboard" BOOLEAN NOT NULL DEFAULT true,
    "suspendedAt" TIMESTAMPTZ,
    "createdAt" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "totalCredit" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "recentCredit" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "recentCreditAt" TIMESTAMPTZ,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ProviderAccount" (
    "provider" TEXT NOT NULL,
    "providerAccountId" TEXT NOT NULL,
    "userId" UUID NOT NULL,
    "linkedAt" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ProviderAccount_pkey" PRIMARY KEY ("provider","providerAccountId")
);

-- CreateTable
CREATE TABLE "Session" (
    "id" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "address" TEXT,
    "browser" TEXT,
    "createdAt" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastSeenAt" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ NOT NULL,

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SignIn" (
    "id" BIGSERIAL NOT NULL,
    "userId" UUID NOT NULL,
    "at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "method" TEXT NOT NULL,
    "succeeded" BOOLEAN NOT NULL,
    "address" TEXT,
    "browser" TEXT,

    CONSTRAINT "SignIn_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ApiToken" (
    "id" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "tokenSha256" TEXT NOT NULL,
    "lastFour" TEXT NOT NULL,
    "scopes" TEXT[],
    "createdAt" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastUsedAt" TIMESTAMPTZ,
    "expiresAt" TIMESTAMPTZ,
    "revokedAt" TIMESTAMPTZ,

    CONSTRAINT "ApiToken_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ResearcherRequest" (
    "id" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "affiliation" TEXT NOT NULL,
    "plan" TEXT NOT NULL,
    "state" "ResearcherRequestState" NOT NULL DEFAULT 'pending',
    "decidedById" UUID,
    "reason" TEXT,
    "createdAt" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decidedAt" TIMESTAMPTZ,

    CONSTRAINT "ResearcherRequest_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "FirstAdminCode" (
    "codeSha256" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "usedAt" TIMESTAMPTZ,

    CONSTRAINT "FirstAdminCode_pkey" PRIMARY KEY ("codeSha256")
);

-- CreateTable
CREATE TABLE "AttemptCount" (
    "keySha256" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "endsAt" TIMESTAMPTZ NOT NULL,

    CONSTRAINT "AttemptCount_pkey" PRIMARY KEY ("keySha256")
);

-- CreateTable
CREATE TABLE "AuditEntry" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actorId" UUID,
    "action" TEXT NOT NULL,
    "subjectType" TEXT NOT NULL,
    "subjectId" TEXT NOT NULL,
    "details" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "AuditEntry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Device" (
    "id" UUID NOT NULL,
    "ownerId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "kind" "DeviceKind" NOT NULL DEFAULT 'computer',
    "publicKey" TEXT NOT NULL,
    "state" "DeviceState" NOT NULL DEFAULT 'pending',
    "paused" BOOLEAN NOT NULL DEFAULT false,
    "draining" BOOLEAN NOT NULL DEFAULT false,
    "blockedReason" TEXT,
    "architecture" TEXT,
    "cores" INTEGER,
    "memoryMiB" INTEGER,
    "diskMiB" INTEGER,
    "accelerators" JSONB NOT NULL DEFAULT '[]',
    "engine" TEXT,
    "operatingSystem" TEXT,
    "processor" TEXT,
    "agentVersion" TEXT,
    "integerOpsPerSecond" DOUBLE PRECISION,
    "floatOpsPerSecond" DOUBLE PRECISION,
    "measuredAt" TIMESTAMPTZ,
    "serverId" TEXT,
    "connectionId" TEXT,
    "lastSeenAt" TIMESTAMPTZ,
    "dutyCpu" DOUBLE PRECISION,
    "oursCpu" DOUBLE PRECISION,
    "sampledAt" TIMESTAMPTZ,
    "enrolledAt" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retiredAt" TIMESTAMPTZ,
    "consecutiveValid" INTEGER NOT NULL DEFAULT 0,
    "validTasks" INTEGER NOT NULL DEFAULT 0,
    "invalidTasks" INTEGER NOT NULL DEFAULT 0,
    "erroredTasks" INTEGER NOT NULL DEFAULT 0,
    "lostTasks" INTEGER NOT NULL DEFAULT 0,
    "totalCredit" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "recentCredit" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "recentCreditAt" TIMESTAMPTZ,

    CONSTRAINT "Device_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "EnrolmentCode" (
    "codeSha256" TEXT NOT NULL,
    "name" TEXT,
    "kind" "DeviceKind",
    "ownerId" UUID NOT NULL,
    "createdAt" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ NOT NULL,
    "usedAt" TIMESTAMPTZ,
    "deviceId" UUID,

    CONSTRAINT "EnrolmentCode_pkey" PRIMARY KEY ("codeSha256")
);

-- CreateTable
CREATE TABLE "TelemetryChunk" (
    "deviceId" UUID NOT NULL,
    "hour" TIMESTAMPTZ NOT NULL,
    "samples" BYTEA NOT NULL,
    "count" INTEGER NOT NULL,
    "updatedAt" TIMESTAMPTZ NOT NULL,

    CONSTRAINT "TelemetryChunk_pkey" PRIMARY KEY ("deviceId","hour")
);

-- CreateTable
CREATE TABLE "Project" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "ownerId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "scienceArea" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "impact" TEXT NOT NULL,
    "picture" JSONB,
    "state" "ProjectState" NOT NULL DEFAULT 'draft',
    "rejectionReason" TEXT,
    "suspendedReason" TEXT,
    "createdAt" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "submittedAt" TIMESTAMPTZ,
    "approvedAt" TIMESTAMPTZ,
    "finishedAt" TIMESTAMPTZ,
    "totalCredit" DOUBLE PRECISION NOT NULL DEFAULT 0,

    CONSTRAINT "Project_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AppVersion" (
    "id" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "source" "AppVersionSource" NOT NULL,
    "sourceDetails" JSONB NOT NULL,
    "sourceSha256" TEXT,
    "state" "AppVersionState" NOT NULL DEFAULT 'building',
    "failureReason" TEXT,
    "rejectionReason" TEXT,
    "buildLog" TEXT NOT NULL DEFAULT '',
    "buildClaimedBy" TEXT,
    "buildClaimedUntil" TIMESTAMPTZ,
    "buildAttempts" INTEGER NOT NULL DEFAULT 0,
    "imageId" TEXT,
    "imageBytes" BIGINT,
    "imageReference" TEXT,
    "archiveSha256" TEXT,
    "archiveBytes" BIGINT,
    "command" TEXT[],
    "cores" DOUBLE PRECISION NOT NULL DEFAULT 1,
    "memoryMiB" INTEGER NOT NULL DEFAULT 256,
    "diskMiB" INTEGER NOT NULL DEFAULT 256,
    "platforms" TEXT[],
    "estimatedOperations" DOUBLE PRECISION NOT NULL,
    "comparison" JSONB NOT NULL,
    "manifest" TEXT,
    "signature" TEXT,
    "createdAt" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decidedAt" TIMESTAMPTZ,

    CONSTRAINT "AppVersion_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Batch" (
    "id" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "appVersionId" UUID NOT NULL,
    "submitterId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "state" "BatchState" NOT NULL DEFAULT 'open',
    "placement" "Placement" NOT NULL DEFAULT 'spread',
    "quorum" INTEGER NOT NULL DEFAULT 2,
    "targetCopies" INTEGER NOT NULL DEFAULT 2,
    "maxErrors" INTEGER NOT NULL DEFAULT 3,
    "maxTotal" INTEGER NOT NULL DEFAULT 8,
    "deadlineSeconds" INTEGER NOT NULL DEFAULT 86400,
    "priority" INTEGER NOT NULL DEFAULT 0,
    "estimatedOperations" DOUBLE PRECISION NOT NULL,
    "workUnits" INTEGER NOT NULL DEFAULT 0,
    "doneUnits" INTEGER NOT NULL DEFAULT 0,
    "failedUnits" INTEGER NOT NULL DEFAULT 0,
    "cancelledUnits" INTEGER NOT NULL DEFAULT 0,
    "waitReasons" JSONB NOT NULL DEFAULT '{}',
    "submissionKey" TEXT,
    "createdAt" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finishedAt" TIMESTAMPTZ,

    CONSTRAINT "Batch_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "WorkUnit" (
    "id" UUID NOT NULL,
    "batchId" UUID NOT NULL,
    "index" INTEGER NOT NULL,
    "parameters" JSONB NOT NULL,
    "state" "WorkUnitState" NOT NULL DEFAULT 'open',
    "targetCopies" INTEGER NOT NULL,
    "extraTotal" INTEGER NOT NULL DEFAULT 0,
    "extraErrors" INTEGER NOT NULL DEFAULT 0,
    "canonicalTaskId" UUID,
    "failureReason" TEXT,
    "reviewAt" TIMESTAMPTZ DEFAULT CURRENT_TIMESTAMP,
    "createdAt" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finishedAt" TIMESTAMPTZ,

    CONSTRAINT "WorkUnit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "WorkUnitInput" (
    "workUnitId" UUID NOT NULL,
    "path" TEXT NOT NULL,
    "blobSha256" TEXT NOT NULL,
    "offset" BIGINT NOT NULL DEFAULT 0,
    "bytes" BIGINT NOT NULL,
    "sha256" TEXT NOT NULL,

    CONSTRAINT "WorkUnitInput_pkey" PRIMARY KEY ("workUnitId","path")
);

-- CreateTable
CREATE TABLE "Task" (
    "id" UUID NOT NULL,
    "workUnitId" UUID NOT NULL,
    "batchId" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "state" "TaskState" NOT NULL DEFAULT 'unsent',
    "priority" INTEGER NOT NULL DEFAULT 0,
    "deviceId" UUID,
    "ownerId" UUID,
    "cores" DOUBLE PRECISION,
    "leasedAt" TIMESTAMPTZ,
    "leaseExpiresAt" TIMESTAMPTZ,
    "deadlineAt" TIMESTAMPTZ,
    "startedAt" TIMESTAMPTZ,
    "reportedAt" TIMESTAMPTZ,
    "finishedAt" TIMESTAMPTZ,
    "progress" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "exitCode" INTEGER,
    "errorCode" TEXT,
    "errorDetail" TEXT,
    "runSeconds" DOUBLE PRECISION,
    "cpuSeconds" DOUBLE PRECISION,
    "outputDigest" TEXT,
    "claimedCredit" DOUBLE PRECISION,
    "grantedCredit" DOUBLE PRECISION,

    CONSTRAINT "Task_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TaskOutput" (
    "taskId" UUID NOT NULL,
    "path" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,

    CONSTRAINT "TaskOutput_pkey" PRIMARY KEY ("taskId","path")
);

-- CreateTable
CREATE TABLE "TaskLog" (
    "taskId" UUID NOT NULL,
    "stdout" TEXT NOT NULL DEFAULT '',
    "stderr" TEXT NOT NULL DEFAULT '',
    "stdoutBytes" BIGINT NOT NULL DEFAULT 0,
    "stderrBytes" BIGINT NOT NULL DEFAULT 0,
    "updatedAt" TIMESTAMPTZ NOT NULL,

    CONSTRAINT "TaskLog_pkey" PRIMARY KEY ("taskId")
);

-- CreateTable
CREATE TABLE "CreditEntry" (
    "id" BIGSERIAL NOT NULL,
    "taskId" UUID NOT NULL,
    "workUnitId" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "deviceId" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "amount" DOUBLE PRECISION NOT NULL,
    "grantedAt" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "CreditEntry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Blob" (
    "sha256" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "createdAt" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Blob_pkey" PRIMARY KEY ("sha256")
);

-- CreateTable
CREATE TABLE "Upload" (
    "id" UUID NOT NULL,
    "purpose" "UploadPurpose" NOT NULL,
    "userId" UUID,
    "taskId" UUID,
    "name" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "sha256" TEXT,
    "createdAt" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ NOT NULL,

    CONSTRAINT "Upload_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

-- CreateIndex
CREATE INDEX "User_totalCredit_idx" ON "User"("totalCredit" DESC);

-- CreateIndex
CREATE INDEX "User_recentCredit_idx" ON "User"("recentCredit" DESC);

-- CreateIndex
CREATE INDEX "ProviderAccount_userId_idx" ON "ProviderAccount"("userId");

-- CreateIndex
CREATE INDEX "Session_userId_idx" ON "Session"("userId");

-- CreateIndex
CREATE INDEX "Session_expiresAt_idx" ON "Session"("expiresAt");

-- CreateIndex
CREATE INDEX "SignIn_userId_at_idx" ON "SignIn"("userId", "at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "ApiToken_tokenSha256_key" ON "ApiToken"("tokenSha256");

-- CreateIndex
CREATE INDEX "ApiToken_userId_idx" ON "ApiToken"("userId");

-- CreateIndex
CREATE INDEX "ResearcherRequest_state_createdAt_idx" ON "ResearcherRequest"("state", "createdAt");

-- CreateIndex
CREATE INDEX "ResearcherRequest_userId_idx" ON "ResearcherRequest"("userId");

-- CreateIndex
CREATE INDEX "AttemptCount_endsAt_idx" ON "AttemptCount"("endsAt");

-- CreateIndex
CREATE INDEX "AuditEntry_at_idx" ON "AuditEntry"("at" DESC);

-- CreateIndex
CREATE INDEX "AuditEntry_subjectType_subjectId_idx" ON "AuditEntry"("subjectType", "subjectId");

-- CreateIndex
CREATE UNIQUE INDEX "Device_publicKey_key" ON "Device"("publicKey");

-- CreateIndex
CREATE INDEX "Device_ownerId_idx" ON "Device"("ownerId");

-- CreateIndex
CREATE INDEX "Device_state_idx" ON "Device"("state");

-- CreateIndex
CREATE INDEX "Device_serverId_idx" ON "Device"("serverId");

-- CreateIndex
CREATE INDEX "EnrolmentCode_ownerId_idx" ON "EnrolmentCode"("ownerId");

-- CreateIndex
CREATE UNIQUE INDEX "Project_slug_key" ON "Project"("slug");

-- CreateIndex
CREATE INDEX "Project_ownerId_idx" ON "Project"("ownerId");

-- CreateIndex
CREATE INDEX "Project_state_idx" ON "Project"("state");

-- CreateIndex
CREATE INDEX "AppVersion_state_idx" ON "AppVersion"("state");

-- CreateIndex
CREATE UNIQUE INDEX "AppVersion_projectId_number_key" ON "AppVersion"("projectId", "number");

-- CreateIndex
CREATE INDEX "Batch_projectId_createdAt_idx" ON "Batch"("projectId", "createdAt" DESC);

-- CreateIndex
CREATE INDEX "Batch_appVersionId_idx" ON "Batch"("appVersionId");

-- CreateIndex
CREATE INDEX "Batch_submitterId_idx" ON "Batch"("submitterId");

-- CreateIndex
CREATE INDEX "Batch_state_idx" ON "Batch"("state");

-- CreateIndex
CREATE UNIQUE INDEX "Batch_submitterId_submissionKey_key" ON "Batch"("submitterId", "submissionKey");

-- CreateIndex
CREATE UNIQUE INDEX "WorkUnit_canonicalTaskId_key" ON "WorkUnit"("canonicalTaskId");

-- CreateIndex
CREATE INDEX "WorkUnit_batchId_state_idx" ON "WorkUnit"("batchId", "state");

-- CreateIndex
CREATE INDEX "WorkUnit_reviewAt_idx" ON "WorkUnit"("reviewAt");

-- CreateIndex
CREATE UNIQUE INDEX "WorkUnit_batchId_index_key" ON "WorkUnit"("batchId", "index");

-- CreateIndex
CREATE INDEX "WorkUnitInput_blobSha256_idx" ON "WorkUnitInput"("blobSha256");

-- CreateIndex
CREATE INDEX "Task_batchId_state_id_idx" ON "Task"("batchId", "state", "id");

-- CreateIndex
CREATE INDEX "Task_deviceId_state_idx" ON "Task"("deviceId", "state");

-- CreateIndex
CREATE INDEX "Task_deadlineAt_idx" ON "Task"("deadlineAt");

-- CreateIndex
CREATE UNIQUE INDEX "Task_workUnitId_number_key" ON "Task"("workUnitId", "number");

-- CreateIndex
CREATE INDEX "TaskOutput_sha256_idx" ON "TaskOutput"("sha256");

-- CreateIndex
CREATE UNIQUE INDEX "CreditEntry_taskId_key" ON "CreditEntry"("taskId");

-- CreateIndex
CREATE INDEX "CreditEntry_grantedAt_idx" ON "CreditEntry" USING BRIN ("grantedAt");

-- CreateIndex
CREATE INDEX "CreditEntry_userId_grantedAt_idx" ON "CreditEntry"("userId", "grantedAt");

-- CreateIndex
CREATE INDEX "CreditEntry_deviceId_grantedAt_idx" ON "CreditEntry"("deviceId", "grantedAt");

-- CreateIndex
CREATE INDEX "CreditEntry_projectId_grantedAt_idx" ON "CreditEntry"("projectId", "grantedAt");

-- CreateIndex
CREATE INDEX "CreditEntry_workUnitId_idx" ON "CreditEntry"("workUnitId");

-- CreateIndex
CREATE INDEX "Upload_userId_idx" ON "Upload"("userId");

-- CreateIndex
CREATE INDEX "Upload_taskId_idx" ON "Upload"("taskId");

-- CreateIndex
CREATE INDEX "Upload_expiresAt_idx" ON "Upload"("expiresAt");

-- AddForeignKey
ALTER TABLE "ProviderAccount" ADD CONSTRAINT "ProviderAccount_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SignIn" ADD CONSTRAINT "SignIn_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApiToken" ADD CONSTRAINT "ApiToken_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ResearcherRequest" ADD CONSTRAINT "ResearcherRequest_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ResearcherRequest" ADD CONSTRAINT "ResearcherRequest_decidedById_fkey" FOREIGN KEY ("decidedById") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AuditEntry" ADD CONSTRAINT "AuditEntry_actorId_fkey" FOREIGN KEY ("actorId") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Device" ADD CONSTRAINT "Device_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "EnrolmentCode" ADD CONSTRAINT "EnrolmentCode_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "EnrolmentCode" ADD CONSTRAINT "EnrolmentCode_deviceId_fkey" FOREIGN KEY ("deviceId") REFERENCES "Device"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TelemetryChunk" ADD CONSTRAINT "TelemetryChunk_deviceId_fkey" FOREIGN KEY ("deviceId") REFERENCES "Device"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Project" ADD CONSTRAINT "Project_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AppVersion" ADD CONSTRAINT "AppVersion_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Batch" ADD CONSTRAINT "Batch_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Batch" ADD CONSTRAINT "Batch_appVersionId_fkey" FOREIGN KEY ("appVersionId") REFERENCES "AppVersion"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Batch" ADD CONSTRAINT "Batch_submitterId_fkey" FOREIGN KEY ("submitterId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "WorkUnit" ADD CONSTRAINT "WorkUnit_batchId_fkey" FOREIGN KEY ("batchId") REFERENCES "Batch"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "WorkUnitInput" ADD CONSTRAINT "WorkUnitInput_workUnitId_fkey" FOREIGN KEY ("workUnitId") REFERENCES "WorkUnit"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Task" ADD CONSTRAINT "Task_workUnitId_fkey" FOREIGN KEY ("workUnitId") REFERENCES "WorkUnit"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Task" ADD CONSTRAINT "Task_batchId_fkey" FOREIGN KEY ("batchId") REFERENCES "Batch"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Task" ADD CONSTRAINT "Task_deviceId_fkey" FOREIGN KEY ("deviceId") REFERENCES "Device"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TaskOutput" ADD CONSTRAINT "TaskOutput_taskId_fkey" FOREIGN KEY ("taskId") REFERENCES "Task"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TaskLog" ADD CONSTRAINT "TaskLog_taskId_fkey" FOREIGN KEY ("taskId") REFERENCES "Task"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CreditEntry" ADD CONSTRAINT "CreditEntry_taskId_fkey" FOREIGN KEY ("taskId") REFERENCES "Task"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CreditEntry" ADD CONSTRAINT "CreditEntry_workUnitId_fkey" FOREIGN KEY ("workUnitId") REFERENCES "WorkUnit"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CreditEntry" ADD CONSTRAINT "CreditEntry_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CreditEntry" ADD CONSTRAINT "CreditEntry_deviceId_fkey" FOREIGN KEY ("deviceId") REFERENCES "Device"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CreditEntry" ADD CONSTRAINT "CreditEntry_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
