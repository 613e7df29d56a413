-- A database as version 0.1 left it: rows in every table of the schema of 20261121070000_index_checkpoints, by that
-- schema's own names. test/integration/migrate-filled-database.test.ts takes it to the newest schema. Never edited when the
-- schema changes: it is what people have on their disks.

CREATE FUNCTION pg_temp.id(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT (substr(md5(kind), 1, 8) || '-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$;
CREATE FUNCTION pg_temp.hash(kind text, n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT encode(sha256((kind || n)::bytea), 'hex') $$;
CREATE FUNCTION pg_temp.at(minutes double precision) RETURNS timestamptz LANGUAGE sql STABLE AS
$$ SELECT '2026-11-20 12:00:00+00'::timestamptz + make_interval(secs => minutes * 60) $$;

-- ── People: 1 super admin, 2 admins, 3 to 8 researchers, 9 to 40 owners ──────────────────────────
INSERT INTO "User" ("id", "email", "name", "passwordHash", "accessLevel", "country", "showOnLeaderboard", "suspendedAt", "createdAt")
SELECT pg_temp.id('user', n), 'person' || n || '@example.org', 'Person ' || n,
	CASE WHEN n % 7 <> 0 THEN '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$' || md5(n::text) END,
	CASE WHEN n = 1 THEN 0 WHEN n = 2 THEN 10 WHEN n <= 8 THEN 20 ELSE 30 END,
	CASE n % 4 WHEN 0 THEN 'DE' WHEN 1 THEN 'PT' WHEN 2 THEN 'KE' END,
	n % 5 <> 0, CASE WHEN n = 33 THEN pg_temp.at(-600) END, pg_temp.at(-50000 + n)
FROM generate_series(1, 40) n;

INSERT INTO "ProviderAccount" ("provider", "providerAccountId", "userId", "linkedAt")
SELECT CASE n % 3 WHEN 0 THEN 'github' WHEN 1 THEN 'google' ELSE 'orcid' END, 'account-' || n, pg_temp.id('user', n), pg_temp.at(-4000)
FROM generate_series(7, 40, 7) n;

INSERT INTO "Session" ("id", "userId", "address", "browser", "createdAt", "lastSeenAt", "expiresAt")
SELECT pg_temp.id('session', n), pg_temp.id('user', 1 + n % 40), '10.0.0.' || n, 'Firefox', pg_temp.at(-n), pg_temp.at(-n / 2.0),
	pg_temp.at(43200 - 2000 * n)
FROM generate_series(1, 50) n;

INSERT INTO "SignIn" ("userId", "at", "method", "succeeded", "address", "browser")
SELECT pg_temp.id('user', 1 + n % 40), pg_temp.at(-n), CASE WHEN n % 4 = 0 THEN 'github' ELSE 'password' END, n % 6 <> 0, '10.0.0.9', CASE WHEN n % 4 > 0 THEN 'Firefox' END
FROM generate_series(1, 120) n;

INSERT INTO "ApiToken" ("id", "userId", "name", "tokenSha256", "lastFour", "scopes", "createdAt", "lastUsedAt", "expiresAt", "revokedAt")
SELECT pg_temp.id('token', n), pg_temp.id('user', 2 + n), 'laptop ' || n, pg_temp.hash('token', n), lpad(n::text, 4, '0'),
	ARRAY['read', 'submit'], pg_temp.at(-900), pg_temp.at(-1), CASE WHEN n = 2 THEN pg_temp.at(9000) END,
	CASE WHEN n = 3 THEN pg_temp.at(-2) END
FROM generate_series(1, 5) n;

INSERT INTO "ResearcherRequest" ("id", "userId", "affiliation", "plan", "state", "decidedById", "reason", "createdAt", "decidedAt") VALUES
	(pg_temp.id('request', 1), pg_temp.id('user', 3), 'Observatory', 'Count galaxies.', 'approved', pg_temp.id('user', 2), NULL, pg_temp.at(-40000), pg_temp.at(-39000)),
	(pg_temp.id('request', 2), pg_temp.id('user', 9), 'None', 'Mine coins.', 'declined', pg_temp.id('user', 1), 'Not science.', pg_temp.at(-3000), pg_temp.at(-2900)),
	(pg_temp.id('request', 3), pg_temp.id('user', 10), 'University', 'Fold proteins.', 'pending', NULL, NULL, pg_temp.at(-30), NULL),
	(pg_temp.id('request', 4), pg_temp.id('user', 11), 'School', 'Weather.', 'withdrawn', NULL, NULL, pg_temp.at(-50), pg_temp.at(-40));

INSERT INTO "FirstAdminCode" ("codeSha256", "createdAt", "usedAt") VALUES (pg_temp.hash('admin', 1), pg_temp.at(-50000), pg_temp.at(-49990));
INSERT INTO "AttemptCount" ("keySha256", "attempts", "endsAt")
SELECT pg_temp.hash('attempt', n), n, pg_temp.at(n) FROM generate_series(1, 6) n;

INSERT INTO "AuditEntry" ("at", "actorId", "action", "subjectType", "subjectId", "details")
SELECT pg_temp.at(-n), CASE WHEN n % 3 > 0 THEN pg_temp.id('user', n % 3) END, 'projectApproved', 'project', pg_temp.id('project', n % 5)::text,
	jsonb_build_object('name', 'Project ' || n)
FROM generate_series(1, 30) n;

-- ── Devices: 1 to 24 online on two servers, 25 to 44 offline, 45 to 52 retired, 53 to 60 never connected ─────────────
INSERT INTO "Device" ("id", "ownerId", "name", "kind", "publicKey", "state", "paused", "draining", "blockedReason", "architecture", "cores",
	"memoryMiB", "diskMiB", "accelerators", "engine", "operatingSystem", "processor", "agentVersion", "integerOpsPerSecond",
	"floatOpsPerSecond", "measuredAt", "serverId", "connectionId", "lastSeenAt", "dutyCpu", "oursCpu", "sampledAt", "enrolledAt",
	"retiredAt", "consecutiveValid", "validTasks", "invalidTasks", "erroredTasks", "lostTasks", "rules", "yoursNowId", "yoursNowImages")
SELECT pg_temp.id('device', n), pg_temp.id('user', 9 + n % 32), 'device ' || n,
	(ARRAY['computer', 'board', 'gateway', 'camera', 'accessControl', 'kiosk', 'other'])[1 + n % 7]::"DeviceKind", 'key-' || n,
	(CASE WHEN n <= 24 THEN 'online' WHEN n <= 44 THEN 'offline' WHEN n <= 52 THEN 'retired' ELSE 'pending' END)::"DeviceState",
	n % 9 = 0, n % 11 = 0, CASE WHEN n = 30 THEN 'Its results differ.' END, CASE WHEN n <= 52 THEN 'linux/amd64' END,
	CASE WHEN n <= 52 THEN 4 END, CASE WHEN n <= 52 THEN 4096 END, CASE WHEN n <= 52 THEN 8192 END,
	CASE WHEN n % 8 = 0 THEN '[{"kind": "gpu", "name": "Small"}]' ELSE '[]' END::jsonb, 'Docker 28.2.2', 'Debian 12', 'N4200', '0.1.0',
	2e9, 1e9 + n * 1e7, CASE WHEN n <= 52 THEN pg_temp.at(-100) END,
	CASE WHEN n <= 24 THEN 'server-' || n % 2 END, CASE WHEN n <= 24 THEN 'connection-' || n END,
	CASE WHEN n <= 24 THEN pg_temp.at(-n / 10.0) WHEN n <= 52 THEN pg_temp.at(-n * 60) END,
	CASE WHEN n <= 50 THEN n * 1.5 END, CASE WHEN n <= 50 THEN 60 - n END, CASE WHEN n <= 50 THEN pg_temp.at(-n) END,
	pg_temp.at(-40000 + n), CASE WHEN n BETWEEN 45 AND 52 THEN pg_temp.at(-60) END, n % 13, n * 3, n % 3, n % 4, n % 2,
	CASE WHEN n % 6 = 0 THEN '{"dutyLimit": 40}' ELSE '{}' END::jsonb, CASE WHEN n = 12 THEN pg_temp.id('yoursNow', 1) END, n = 12
FROM generate_series(1, 60) n;

INSERT INTO "EnrolmentCode" ("codeSha256", "name", "kind", "ownerId", "createdAt", "expiresAt", "usedAt", "deviceId")
SELECT pg_temp.hash('code', n), CASE WHEN n % 2 = 0 THEN 'attic' END, CASE WHEN n % 2 = 0 THEN 'board'::"DeviceKind" END, pg_temp.id('user', 9 + n % 32),
	pg_temp.at(-40000), pg_temp.at(-39990), CASE WHEN n <= 60 THEN pg_temp.at(-39999) END, CASE WHEN n <= 60 THEN pg_temp.id('device', n) END
FROM generate_series(1, 64) n;

INSERT INTO "TelemetryChunk" ("deviceId", "hour", "samples", "count", "updatedAt")
SELECT pg_temp.id('device', n), pg_temp.at(-60 * h), sha256((n || '/' || h)::bytea), 1800 - h, pg_temp.at(-60 * h + 59)
FROM generate_series(1, 50) n, generate_series(0, 5) h;

INSERT INTO "GuardRecord" ("id", "deviceId", "at", "action", "reason", "detail", "latencyMs", "taskIds")
SELECT pg_temp.id('guard', n), pg_temp.id('device', 1 + n % 50), pg_temp.at(-n), CASE n % 3 WHEN 0 THEN 'freeze' WHEN 1 THEN 'thaw' ELSE 'giveBack' END,
	'duty', 'over 40 %', CASE WHEN n % 3 = 0 THEN 110.5 END, ARRAY[pg_temp.id('task', n)]
FROM generate_series(1, 200) n;

-- ── Forecasts ───────────────────────────────────────────────────────────────────────────────────
INSERT INTO "DutyDay" ("deviceId", "day", "steps", "updatedAt")
SELECT pg_temp.id('device', n), ('2026-11-20'::date - d), sha256((n || ':' || d)::bytea), pg_temp.at(-1440 * d)
FROM generate_series(1, 50) n, generate_series(0, 6) d;

INSERT INTO "OwnerNeed" ("id", "deviceId", "from", "until", "createdAt")
SELECT pg_temp.id('need', n), pg_temp.id('device', n), pg_temp.at(60 * n), pg_temp.at(60 * n + 45), pg_temp.at(-5) FROM generate_series(1, 10) n;

INSERT INTO "PredictorModel" ("id", "format", "data", "accuracy", "devices", "rows", "seconds", "reason", "trainedAt")
SELECT pg_temp.id('model', n), 3, sha256(('model' || n)::bytea), '{"brier": 0.11}', 40 + n, 10000 * n, 12.5, CASE n WHEN 1 THEN 'first' ELSE 'schedule' END,
	pg_temp.at(-1440 * (4 - n))
FROM generate_series(1, 3) n;

INSERT INTO "Forecast" ("deviceId", "madeAt", "modelId", "forecaster", "limit", "survival")
SELECT pg_temp.id('device', n), pg_temp.at(-n), CASE WHEN n % 4 > 0 THEN pg_temp.id('model', 3) END, 'gbrt', 40,
	'[{"seconds": 300, "probability": 0.9}, {"seconds": 3600, "probability": 0.5}]'
FROM generate_series(1, 44) n;

INSERT INTO "ForecastScore" ("deviceId", "madeAt", "windowSeconds", "patienceSeconds", "forecaster", "limit", "probability", "until", "held", "scoredAt")
SELECT pg_temp.id('device', 1 + n % 44), pg_temp.at(-n * 10), 600 + n, 300 * (n % 2), 'gbrt', 40, (n % 100) / 100.0, pg_temp.at(-n * 10 + 10),
	CASE WHEN n > 40 THEN n % 3 > 0 END, CASE WHEN n > 40 THEN pg_temp.at(-n * 10 + 15) END
FROM generate_series(1, 300) n;

INSERT INTO "ForecastAccuracy" ("deviceId", "day", "forecasts", "brierSum", "held", "counts", "saidSums", "heldCounts")
SELECT pg_temp.id('device', n), ('2026-11-20'::date - d), 10, 1.25, 7, ARRAY[1, 0, 0, 0, 2, 0, 0, 0, 3, 4], ARRAY[0.05, 0, 0, 0, 0.9, 0, 0, 0, 2.5, 3.8],
	ARRAY[0, 0, 0, 0, 1, 0, 0, 0, 3, 3]
FROM generate_series(1, 44) n, generate_series(0, 2) d;

-- ── Projects: 1 runs, 2 is suspended, 3 is finished, 4 waits for its review, 5 is a draft ────────────────────────────
INSERT INTO "Project" ("id", "slug", "ownerId", "name", "scienceArea", "description", "impact", "picture", "state", "rejectionReason",
	"suspendedReason", "createdAt", "submittedAt", "approvedAt", "finishedAt")
SELECT pg_temp.id('project', n), 'project-' || n, pg_temp.id('user', 2 + n), 'Project ' || n, 'mathematics', '# Why', 'Little.',
	CASE WHEN n = 1 THEN '{"width": 4, "height": 4}'::jsonb END,
	(ARRAY['approved', 'suspended', 'finished', 'submitted', 'draft'])[n]::"ProjectState", CASE WHEN n = 5 THEN 'Say more.' END,
	CASE WHEN n = 2 THEN 'Its image is too big.' END, pg_temp.at(-30000), CASE WHEN n < 5 THEN pg_temp.at(-29000) END,
	CASE WHEN n < 4 THEN pg_temp.at(-28000) END, CASE WHEN n = 3 THEN pg_temp.at(-1000) END
FROM generate_series(1, 5) n;

-- Two versions of each: the first approved (or withdrawn), the second somewhere on its way.
INSERT INTO "AppVersion" ("id", "projectId", "number", "source", "sourceDetails", "sourceSha256", "state", "failureReason", "rejectionReason",
	"buildLog", "buildClaimedBy", "buildClaimedUntil", "buildAttempts", "imageId", "imageBytes", "imageReference", "archiveSha256",
	"archiveBytes", "command", "cores", "memoryMiB", "diskMiB", "platforms", "estimatedOperations", "cutting", "comparison", "manifest",
	"signature", "createdAt", "decidedAt")
SELECT pg_temp.id('version', 2 * p + v), pg_temp.id('project', p), v + 1,
	(ARRAY['dockerfile', 'archive', 'reference', 'code'])[1 + (p + v) % 4]::"AppVersionSource", '{"fileName": "context.tar"}',
	CASE WHEN (p + v) % 4 < 2 THEN pg_temp.hash('source', 2 * p + v) END,
	(CASE WHEN v = 0 AND p = 2 THEN 'withdrawn' WHEN v = 0 THEN 'approved'
		ELSE (ARRAY['building', 'built', 'failed', 'submitted', 'rejected'])[p] END)::"AppVersionState",
	CASE WHEN v = 1 AND p = 3 THEN 'imageTooBig' END, CASE WHEN v = 1 AND p = 5 THEN 'It asks for the network.' END,
	'Step 1/4', CASE WHEN v = 1 AND p = 1 THEN 'server-0' END, CASE WHEN v = 1 AND p = 1 THEN pg_temp.at(2) END, 1,
	CASE WHEN v = 0 OR p IN (2, 4, 5) THEN 'sha256:' || pg_temp.hash('image', 2 * p + v) END, CASE WHEN v = 0 OR p IN (2, 4, 5) THEN 80000000 END,
	CASE WHEN (p + v) % 4 = 2 AND v = 0 THEN 'debian@sha256:' || pg_temp.hash('reference', p) END,
	CASE WHEN v = 0 OR p IN (2, 4, 5) THEN pg_temp.hash('archive', 2 * p + v) END, CASE WHEN v = 0 OR p IN (2, 4, 5) THEN 30000000 + p END,
	ARRAY['/bin/count', '{n}'], 1 + v, 64 * p, 16, CASE WHEN p = 3 THEN ARRAY['linux/amd64', 'linux/arm64'] ELSE ARRAY['linux/amd64'] END, 1e9 * p,
	CASE WHEN p = 1 THEN '{"from": "from", "to": "to", "step": 10}'::jsonb END,
	CASE WHEN p = 2 THEN '{"kind": "numeric", "format": "csv", "absolute": 0.001, "relative": 0}'::jsonb ELSE '{"kind": "bitwise"}'::jsonb END,
	CASE WHEN v = 0 THEN '{"appVersionId":"' || pg_temp.id('version', 2 * p + v) || '"}' END, CASE WHEN v = 0 THEN repeat('s', 86) END,
	pg_temp.at(-27000 + v), CASE WHEN v = 0 OR p = 5 THEN pg_temp.at(-26000) END
FROM generate_series(1, 5) p, generate_series(0, 1) v;

INSERT INTO "RunTimeRecord" ("appVersionId", "deviceId", "count", "logSum", "logSquareSum", "updatedAt")
SELECT pg_temp.id('version', 2 * p), pg_temp.id('device', n), n + 0.5, n * 0.1, n * 0.02, pg_temp.at(-n)
FROM generate_series(1, 3) p, generate_series(1, 44) n
-- Nothing kept these two from outliving what they are about: the table had no foreign keys.
UNION ALL SELECT pg_temp.id('version', 999), pg_temp.id('device', 1), 2, 0.1, 0.1, pg_temp.at(-9)
UNION ALL SELECT pg_temp.id('version', 2), pg_temp.id('device', 999), 2, 0.1, 0.1, pg_temp.at(-9);

-- ── Work: two batches of each of the three projects that ran; of each work unit two or three tasks ─────────────────
INSERT INTO "Batch" ("id", "projectId", "appVersionId", "submitterId", "name", "state", "placement", "confidence", "patienceSeconds", "quorum",
	"targetCopies", "maxErrors", "maxTotal", "deadlineSeconds", "priority", "estimatedOperations", "workUnits", "doneUnits", "failedUnits",
	"cancelledUnits", "waitReasons", "submissionKey", "createdAt", "finishedAt")
SELECT pg_temp.id('batch', 2 * p + b), pg_temp.id('project', p), pg_temp.id('version', 2 * p), pg_temp.id('user', 2 + p), 'Batch ' || b,
	(CASE WHEN b = 0 AND p < 3 THEN 'open' WHEN p = 3 AND b = 1 THEN 'cancelled' ELSE 'done' END)::"BatchState",
	(ARRAY['random', 'spread', 'binpack', 'predictive'])[1 + (p + b) % 4]::"Placement", 0.8 + p / 100.0, 120 * p, 2, 2, 3, 8, 86400, b, 1e9 * p,
	40, 0, 0, 0, CASE WHEN b = 0 AND p = 1 THEN '{"needsAnotherOwner": 3}' ELSE '{}' END::jsonb, CASE WHEN b = 0 THEN 'key-' || p END,
	pg_temp.at(-5000 + p), CASE WHEN b = 1 OR p = 3 THEN pg_temp.at(-400) END
FROM generate_series(1, 3) p, generate_series(0, 1) b;

-- Of an open batch's 40 work units 20 are done and 4 failed; of a done batch's all but the failed; of a cancelled one's half.
INSERT INTO "WorkUnit" ("id", "batchId", "index", "parameters", "state", "targetCopies", "extraTotal", "extraErrors", "share", "failureReason",
	"reviewAt", "createdAt", "finishedAt")
SELECT pg_temp.id('unit', 100 * k + i), pg_temp.id('batch', k), i, jsonb_build_object('n', i::text, 'from', '0', 'to', '1000'), s.state::"WorkUnitState", 2,
	i % 3, 0, CASE WHEN i % 10 = 0 THEN 0.5 ELSE 1 END, CASE WHEN s.state = 'failed' THEN 'tooManyErrors' END,
	CASE WHEN s.state = 'open' THEN pg_temp.at(i) END, pg_temp.at(-5000), CASE WHEN s.state <> 'open' THEN pg_temp.at(-4000 + i) END
FROM generate_series(2, 7) k, generate_series(0, 39) i,
	LATERAL (SELECT CASE WHEN i >= 36 THEN 'failed' WHEN i < 20 THEN 'done' WHEN k = 7 THEN 'cancelled' WHEN k IN (2, 4) THEN 'open' ELSE 'done' END AS state) s;

UPDATE "Batch" b SET "doneUnits" = c.done, "failedUnits" = c.failed, "cancelledUnits" = c.cancelled
FROM (SELECT "batchId", count(*) FILTER (WHERE "state" = 'done') AS done, count(*) FILTER (WHERE "state" = 'failed') AS failed,
	count(*) FILTER (WHERE "state" = 'cancelled') AS cancelled FROM "WorkUnit" GROUP BY 1) c
WHERE c."batchId" = b."id";

INSERT INTO "WorkUnitInput" ("workUnitId", "path", "blobSha256", "offset", "bytes", "sha256")
SELECT pg_temp.id('unit', 100 * k + i), 'input.csv', pg_temp.hash('input', k), 1000 * i, 1000, pg_temp.hash('slice', 100 * k + i)
FROM generate_series(2, 7) k, generate_series(0, 39) i;

-- Task numbers 0 and 1 of all; number 2 is the later copy of every fifth work unit, and goes on from number 0's checkpoint.
INSERT INTO "Task" ("id", "workUnitId", "batchId", "number", "state", "priority", "deviceId", "ownerId", "cores", "leasedAt", "leaseExpiresAt",
	"deadlineAt", "startedAt", "reportedAt", "finishedAt", "progress", "exitCode", "errorCode", "errorDetail", "runSeconds", "cpuSeconds",
	"outputDigest", "claimedCredit", "grantedCredit", "checkpointSha256", "checkpointBytes", "continuesTaskId")
SELECT pg_temp.id('task', t.n), w."id", w."batchId", t.number, t.state::"TaskState", b."priority", d."id", d."ownerId",
	CASE WHEN d."id" IS NOT NULL THEN 1 END, CASE WHEN d."id" IS NOT NULL THEN pg_temp.at(-4500) END,
	CASE WHEN d."id" IS NOT NULL THEN pg_temp.at(-4495) END, CASE WHEN d."id" IS NOT NULL THEN pg_temp.at(-3060) END,
	CASE WHEN t.state NOT IN ('unsent', 'leased') THEN pg_temp.at(-4490) END,
	CASE WHEN t.state IN ('reported', 'valid', 'invalid') THEN pg_temp.at(-4100) END,
	CASE WHEN t.state IN ('valid', 'invalid', 'errored', 'returned', 'cancelled') THEN pg_temp.at(-4000) END,
	CASE WHEN t.state = 'running' THEN 0.4 WHEN t.state IN ('reported', 'valid', 'invalid') THEN 1 ELSE 0 END,
	CASE WHEN t.state IN ('reported', 'valid', 'invalid') THEN 0 WHEN t.state = 'errored' THEN 1 END,
	CASE t.state WHEN 'errored' THEN 'exitCode' WHEN 'returned' THEN 'ownerNeedsDevice' END, CASE t.state WHEN 'errored' THEN 'It said 1.' END,
	CASE WHEN t.state IN ('reported', 'valid', 'invalid') THEN 50.5 END, CASE WHEN t.state IN ('reported', 'valid', 'invalid') THEN 48.25 END,
	CASE WHEN t.state IN ('reported', 'valid') THEN pg_temp.hash('output', t.unit) END,
	CASE WHEN t.state IN ('reported', 'valid', 'invalid') THEN 0.25 * b."priority" + 1.5 END, CASE WHEN t.state = 'valid' THEN 0.25 * b."priority" + 1.5 END,
	CASE WHEN t.state = 'returned' THEN pg_temp.hash('checkpoint', t.n) END, CASE WHEN t.state = 'returned' THEN 5000 END,
	CASE WHEN t.number = 2 THEN pg_temp.id('task', t.n - 2) END
FROM (
	SELECT 10 * (100 * k + i) + number AS n, 100 * k + i AS unit, k, i, number,
		CASE WHEN number = 0 AND i % 5 = 0 THEN 'returned'
			WHEN u."state" = 'failed' THEN 'errored' WHEN u."state" = 'cancelled' THEN 'cancelled' WHEN u."state" = 'done' THEN 'valid'
			WHEN number = 1 AND i % 3 = 0 THEN 'unsent' WHEN i % 3 = 1 THEN 'running' ELSE 'reported' END AS state
	FROM generate_series(2, 7) k, generate_series(0, 39) i, generate_series(0, 2) number, "WorkUnit" u
	WHERE u."id" = pg_temp.id('unit', 100 * k + i) AND (number < 2 OR i % 5 = 0)
) t
JOIN "WorkUnit" w ON w."id" = pg_temp.id('unit', t.unit)
JOIN "Batch" b ON b."id" = w."batchId"
LEFT JOIN "Device" d ON t.state NOT IN ('unsent', 'cancelled') AND d."id" = pg_temp.id('device', 1 + (t.i * 7 + t.number * 11 + t.k) % 50);

UPDATE "WorkUnit" w SET "canonicalTaskId" = t."id" FROM "Task" t
WHERE t."workUnitId" = w."id" AND w."state" = 'done' AND t."number" = 1;

INSERT INTO "TaskOutput" ("taskId", "path", "sha256", "bytes")
SELECT "id", 'result.txt', "outputDigest", 120 FROM "Task" WHERE "outputDigest" IS NOT NULL;

INSERT INTO "TaskLog" ("taskId", "stdout", "stderr", "stdoutBytes", "stderrBytes", "updatedAt")
SELECT "id", 'counted', '', 7, 0, pg_temp.at(-4100) FROM "Task" WHERE "state" IN ('valid', 'running', 'errored');

-- ── Credit: the ledger, and the totals that amount to it ────────────────────────────────────────
INSERT INTO "CreditEntry" ("taskId", "workUnitId", "userId", "deviceId", "projectId", "amount", "grantedAt")
SELECT t."id", t."workUnitId", t."ownerId", t."deviceId", b."projectId", t."grantedCredit", pg_temp.at(-4000 + row_number() OVER (ORDER BY t."id"))
FROM "Task" t JOIN "Batch" b ON b."id" = t."batchId" WHERE t."state" = 'valid' ORDER BY t."id";

UPDATE "User" x SET "totalCredit" = e.sum, "recentCredit" = e.sum / 9, "recentCreditAt" = e.at
FROM (SELECT "userId", sum("amount"), max("grantedAt") AS at FROM "CreditEntry" GROUP BY 1) e WHERE e."userId" = x."id";
UPDATE "Device" x SET "totalCredit" = e.sum, "recentCredit" = e.sum / 9, "recentCreditAt" = e.at
FROM (SELECT "deviceId", sum("amount"), max("grantedAt") AS at FROM "CreditEntry" GROUP BY 1) e WHERE e."deviceId" = x."id";
UPDATE "Project" x SET "totalCredit" = e.sum FROM (SELECT "projectId", sum("amount") FROM "CreditEntry" GROUP BY 1) e WHERE e."projectId" = x."id";

-- ── Storage ─────────────────────────────────────────────────────────────────────────────────────
INSERT INTO "Blob" ("sha256", "bytes", "createdAt")
SELECT DISTINCT sha256, 1000, pg_temp.at(-6000) FROM (
	SELECT "sourceSha256" AS sha256 FROM "AppVersion" UNION SELECT "archiveSha256" FROM "AppVersion" UNION SELECT "blobSha256" FROM "WorkUnitInput"
	UNION SELECT "sha256" FROM "TaskOutput" UNION SELECT "checkpointSha256" FROM "Task") named WHERE sha256 IS NOT NULL;
INSERT INTO "Blob" ("sha256", "bytes", "createdAt") SELECT pg_temp.hash('garbage', n), n, pg_temp.at(-9000) FROM generate_series(1, 5) n;

INSERT INTO "Upload" ("id", "purpose", "userId", "taskId", "name", "bytes", "sha256", "createdAt", "expiresAt")
SELECT pg_temp.id('upload', n), (ARRAY['taskOutput', 'batchInput', 'appSource', 'taskCheckpoint'])[1 + n % 4]::"UploadPurpose",
	CASE WHEN n % 4 IN (1, 2) THEN pg_temp.id('user', 3 + n % 3) END, CASE WHEN n % 4 IN (0, 3) THEN pg_temp.id('task', 2000 + n) END,
	'file-' || n, 1000, CASE WHEN n % 2 = 0 THEN pg_temp.hash('input', 2 + n % 6) END, pg_temp.at(-60), pg_temp.at(1380)
FROM generate_series(1, 24) n;
