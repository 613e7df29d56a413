import type pg from "pg";
import type { Db } from "../../server/database/db.ts";
import { anAppVersion, aProject, aResearcher } from "./factories.ts";

/**
 * Fills a database as a network leaves it that has run for months, so that the planner chooses as it would there: of
 * thousands of devices a few hundred are here, of tens of thousands of work units a few thousand are open, and hardly
 * anything is due. Times are about the database's now(). Its tables are as wide as PostgreSQL needs to prefer an index.
 */
export async function fillBusyDatabase(db: Db, pool: pg.Pool): Promise<void> {
	for (let index = 0; index < 6; index += 1) {
		const owner = await aResearcher(db);
		const project = await aProject(db, { ownerId: owner.id });
		await anAppVersion(db, { projectId: project.id });
		for (const number of [2, 3, 4])
			await anAppVersion(db, {
				projectId: project.id,
				number,
				state: "withdrawn",
			});
	}
	await pool.query(ROWS);
	await pool.query("VACUUM ANALYZE");
}

const ROWS = `
-- What refers to what is right by construction, and would take most of the time to check.
SET LOCAL session_replication_role = replica;
INSERT INTO "User" ("id", "email", "name")
SELECT gen_random_uuid(), 'owner' || n || '@example.org', 'Owner ' || n FROM generate_series(1, 2000) n;

-- Of ten devices one is online, six are offline, two are retired, one never came.
CREATE TEMPORARY TABLE fleet AS
SELECT gen_random_uuid() AS id, n, u."id" AS "ownerId",
	(ARRAY['online', 'offline', 'offline', 'offline', 'offline', 'offline', 'offline', 'retired', 'retired', 'pending'])[1 + n % 10] AS state
FROM (SELECT "id", row_number() OVER () AS nth FROM "User" WHERE "email" LIKE 'owner%') u JOIN generate_series(1, 6000) n ON nth = 1 + n % 2000;
INSERT INTO "Device" ("id", "ownerId", "name", "publicKey", "state", "architecture", "cores", "memoryMiB", "diskMiB", "floatOpsPerSecond", "enrolledAt")
SELECT id, "ownerId", 'device ' || n, 'key ' || n, state::"DeviceState", 'linux/amd64', 4, 4096, 8192, 1e9, now() - interval '200 days' FROM fleet;
INSERT INTO "DevicePresence" ("deviceId", "serverId", "connectionId", "lastSeenAt", "dutyCpu", "oursCpu", "sampledAt")
SELECT id, CASE state WHEN 'online' THEN 'another server' END, CASE state WHEN 'online' THEN gen_random_uuid()::text END,
	CASE state WHEN 'online' THEN now() + interval '10 minutes' ELSE now() - make_interval(hours => n) END, 10, 50, now() - make_interval(hours => n)
FROM fleet WHERE state <> 'pending';
INSERT INTO "EnrolmentCode" ("codeSha256", "ownerId", "createdAt", "expiresAt", "usedAt", "deviceId")
SELECT 'code ' || n, "ownerId", now() - interval '200 days', now() - interval '199 days', now() - interval '200 days', id FROM fleet;

INSERT INTO "TelemetryChunk" ("deviceId", "hour", "samples", "count", "updatedAt")
SELECT id, date_trunc('hour', now()) - make_interval(hours => h), decode(repeat('00', 200), 'hex'), 1800, now()
FROM fleet, generate_series(1, 5) h WHERE state <> 'pending';
INSERT INTO "DutyDay" ("deviceId", "day", "steps")
SELECT id, current_date - d, decode(repeat('01f4', 288), 'hex') FROM fleet, generate_series(1, 110) d WHERE n <= 60 AND state <> 'pending';
INSERT INTO "GuardRecord" ("id", "deviceId", "at", "action", "reason", "taskIds")
SELECT gen_random_uuid(), id, now() - h * CASE state WHEN 'online' THEN interval '1 hour' ELSE interval '2 days' END, 'freeze', 'duty', '{}'
FROM fleet, generate_series(1, 5) h WHERE state <> 'pending';
INSERT INTO "OwnerNeed" ("id", "deviceId", "from", "until")
SELECT gen_random_uuid(), id, now() - make_interval(days => 1 + n % 60), now() - make_interval(days => n % 60) FROM fleet WHERE state <> 'pending';
INSERT INTO "Forecast" ("deviceId", "madeAt", "forecaster", "limit", "survival")
SELECT id, now() - make_interval(hours => n), 'rhythm', 40, '[]' FROM fleet WHERE state <> 'pending';
INSERT INTO "ForecastScore" ("deviceId", "madeAt", "windowSeconds", "forecaster", "limit", "probability", "until", "held", "scoredAt")
SELECT id, now() - make_interval(hours => h), 600, 'rhythm', 40, 0.9, now() - make_interval(hours => h) + interval '10 minutes', true, now()
FROM fleet, generate_series(1, 6) h WHERE state <> 'pending';
INSERT INTO "ForecastScore" ("deviceId", "madeAt", "windowSeconds", "forecaster", "limit", "probability", "until")
SELECT id, now(), 3600, 'rhythm', 40, 0.9, now() + interval '1 hour' FROM fleet WHERE state = 'online';
INSERT INTO "ForecastAccuracy" ("deviceId", "day", "forecasts", "brierSum", "held", "counts", "saidSums", "heldCounts")
SELECT id, current_date - d, 10, 1, 9, array_fill(1, ARRAY[10]), array_fill(0.9::float8, ARRAY[10]), array_fill(1, ARRAY[10])
FROM fleet, generate_series(1, 10) d WHERE n <= 2000 AND state <> 'pending';
INSERT INTO "DeviceTrust" ("deviceId", "appVersionId", "validTasks", "count", "logSum", "logSquareSum", "updatedAt")
SELECT fleet.id, v."id", 3, 3, 0.1, 0.1, now() - make_interval(hours => n) FROM fleet, "AppVersion" v WHERE n <= 1000 AND fleet.state <> 'pending';

-- Fifteen batches of each project, of which the newest is open.
CREATE TEMPORARY TABLE work AS
SELECT gen_random_uuid() AS id, n, v."id" AS version, p."id" AS project, p."ownerId" AS submitter, n = 15 AS open
FROM "AppVersion" v JOIN "Project" p ON p."id" = v."projectId", generate_series(1, 15) n WHERE v."number" = 1;
INSERT INTO "Batch" ("id", "projectId", "appVersionId", "submitterId", "name", "state", "estimatedOperations", "workUnits", "doneUnits", "createdAt", "finishedAt")
SELECT id, project, version, submitter, 'batch ' || n, (CASE WHEN open THEN 'open' ELSE 'done' END)::"BatchState", 1e9, 200, CASE WHEN open THEN 0 ELSE 200 END,
	now() - make_interval(days => 40 - n), CASE WHEN NOT open THEN now() - make_interval(days => 39 - n) END
FROM work;
CREATE TEMPORARY TABLE units AS
SELECT gen_random_uuid() AS id, work.id AS batch, work.n, work.open, i, project FROM work, generate_series(0, 199) i;
INSERT INTO "WorkUnit" ("id", "batchId", "index", "parameters", "state", "quorum", "targetCopies", "reviewAt", "finishedAt")
SELECT id, batch, i, jsonb_build_object('n', i::text), (CASE WHEN open THEN 'open' ELSE 'done' END)::"WorkUnitState", 2, 2,
	CASE WHEN open THEN now() + interval '1 hour' END, CASE WHEN NOT open THEN now() - make_interval(days => 39 - n) END
FROM units;
INSERT INTO "WorkUnitInput" ("workUnitId", "path", "blobSha256", "bytes", "sha256")
SELECT id, 'input.csv', encode(sha256(batch::text::bytea), 'hex'), 1000, encode(sha256(id::text::bytea), 'hex') FROM units;
-- Of an open work unit's two tasks one is with a device that is online for every second, the others wait.
CREATE TEMPORARY TABLE copies AS
SELECT gen_random_uuid() AS id, units.id AS unit, batch, number, open, units.n, i, project,
	(row_number() OVER ()) % 5000 AS hand, CASE WHEN NOT open THEN 'valid' WHEN number = 0 AND i % 2 = 0 THEN 'running' ELSE 'unsent' END AS state
FROM units, generate_series(0, 1) number;
INSERT INTO "Task" ("id", "workUnitId", "batchId", "number", "state", "deviceId", "ownerId", "cores", "leasedAt", "leaseExpiresAt", "deadlineAt",
	"startedAt", "reportedAt", "finishedAt", "outputDigest", "claimedCredit", "grantedCredit")
SELECT copies.id, unit, batch, number, copies.state::"TaskState", fleet.id, fleet."ownerId", 1, now(), now() + interval '1 hour', now() + interval '1 day', now(),
	CASE WHEN NOT open THEN now() END, CASE WHEN NOT open THEN now() END, CASE WHEN NOT open THEN 'digest' END, 1, CASE WHEN NOT open THEN 1 END
FROM copies LEFT JOIN fleet ON copies.state <> 'unsent' AND fleet.n = CASE WHEN open THEN 10 * (1 + hand % 500) ELSE 1 + hand END;
UPDATE "WorkUnit" w SET "canonicalTaskId" = copies.id FROM copies WHERE copies.unit = w."id" AND NOT open AND number = 0;
INSERT INTO "TaskOutput" ("taskId", "path", "sha256", "bytes")
SELECT id, 'result.txt', encode(sha256(id::text::bytea), 'hex'), 20000 FROM copies WHERE NOT open;
INSERT INTO "TaskLog" ("taskId", "stdout", "updatedAt") SELECT id, 'counted', now() FROM copies WHERE NOT open;
INSERT INTO "CreditEntry" ("taskId", "workUnitId", "userId", "deviceId", "projectId", "amount", "grantedAt")
SELECT copies.id, unit, fleet."ownerId", fleet.id, project, 1 + hand % 997 / 100.0, now() - make_interval(days => 39 - copies.n)
FROM copies JOIN fleet ON fleet.n = 1 + hand WHERE NOT open ORDER BY copies.n;
INSERT INTO "UserCredit" SELECT "userId", sum("amount"), 1, max("grantedAt") FROM "CreditEntry" GROUP BY 1;
INSERT INTO "DeviceCredit" SELECT "deviceId", sum("amount"), 1, max("grantedAt") FROM "CreditEntry" GROUP BY 1;
INSERT INTO "ProjectCredit" SELECT "projectId", sum("amount") FROM "CreditEntry" GROUP BY 1;

-- Outputs and inputs are needed. Uploads are those of tasks that run: they go with them.
INSERT INTO "Blob" ("sha256", "bytes", "createdAt") SELECT "sha256", "bytes", now() - interval '30 days' FROM "TaskOutput"
UNION SELECT "blobSha256", 1000000, now() - interval '40 days' FROM "WorkUnitInput";
INSERT INTO "Upload" ("id", "purpose", "taskId", "deviceId", "name", "bytes", "sha256", "expiresAt")
SELECT gen_random_uuid(), 'taskOutput', copies.id, fleet.id, 'result.txt', 20000, CASE WHEN i % 2 = 0 THEN 'hash ' || copies.id END, now() + interval '1 day'
FROM copies JOIN fleet ON fleet.n = 10 * (1 + hand % 500) WHERE copies.state = 'running';
INSERT INTO "Session" ("id", "userId", "expiresAt") SELECT gen_random_uuid(), "id", now() + interval '9 days' FROM "User";
INSERT INTO "SignIn" ("userId", "method", "succeeded") SELECT "id", 'password', true FROM "User", generate_series(1, 3);
INSERT INTO "AttemptCount" ("keySha256", "attempts", "endsAt") SELECT 'key ' || n, 1, now() + interval '1 hour' FROM generate_series(1, 3000) n;
INSERT INTO "AuditEntry" ("action", "subjectType", "subjectId") SELECT 'deviceBlocked', 'device', n::text FROM generate_series(1, 5000) n;
`;
