import type pg from "pg";
import { v7 as uuidv7 } from "uuid";
import { retryConflicts } from "../../database/retry-conflicts.ts";
import { AppError } from "../../errors.ts";
import {
	claimedUntil,
	type NewBatch,
	submissionLost,
} from "./submission-claim-store.ts";
import type { NewWorkUnit } from "./work-unit-source.ts";

/** Work units of one transaction. More gains nothing, and two such chunks are all that is in memory of a batch of any size. */
export const CHUNK_ROWS = 2_000;
/** The same for work units with long parameters. */
export const CHUNK_CHARACTERS = 4_000_000;

/**
 * Stores the next work units of a submission, with their inputs and first tasks, in a transaction of their own. It says
 * in the same transaction how far the submission is, and that it is alive, and nothing is stored once it is not: whoever
 * takes it for dead writes the same row, and either finds it alive again or keeps us from going on.
 *
 * @throws AppError conflict when somebody has given it up meanwhile
 */
export function storeWorkUnits(
	pool: pg.Pool,
	batch: NewBatch,
	firstIndex: number,
	units: readonly NewWorkUnit[],
	now: Date,
): Promise<void> {
	return retryConflicts(() =>
		inPoolTransaction(pool, async (client) => {
			// The batch before its work units, against the order of locks: nobody else waits for rows that they cannot see yet.
			const { rowCount } = await client.query(
				`UPDATE "Batch" SET "submittingUntil" = $2, "workUnits" = $3 WHERE "id" = $1 AND "state" = 'submitting'`,
				[batch.id, claimedUntil(now), firstIndex + units.length],
			);
			if (rowCount !== 1) throw submissionLost();
			await insertWorkUnits(client, batch, firstIndex, units);
		}),
	);
}

/** Runs the work in one transaction of its own connection. */
async function inPoolTransaction<T>(
	pool: pg.Pool,
	work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
	const client = await pool.connect();
	// A connection that is cut says so to its query, and also here, where nobody listening would end the process.
	const passOver = () => undefined;
	client.on("error", passOver);
	let failure: Error | undefined;
	try {
		await client.query("BEGIN");
		const result = await work(client);
		await client.query("COMMIT");
		return result;
	} catch (error) {
		failure = error instanceof Error ? error : new Error(String(error));
		// A connection that was cut cannot roll back, and need not: the database has done so.
		await client.query("ROLLBACK").catch(() => undefined);
		throw error;
	} finally {
		client.off("error", passOver);
		client.release(failure && !(failure instanceof AppError) ? failure : false);
	}
}

/** They are at rest: nothing is due until a task moves. */
async function insertWorkUnits(
	client: pg.PoolClient,
	batch: NewBatch,
	firstIndex: number,
	units: readonly NewWorkUnit[],
): Promise<void> {
	const ids = units.map(() => uuidv7());
	await client.query(
		`INSERT INTO "WorkUnit" ("id", "batchId", "index", "parameters", "quorum", "targetCopies", "reviewAt")
		SELECT u.id, $1, $2 + u.number - 1, u.parameters, $3, $4, NULL
		FROM unnest($5::uuid[], $6::jsonb[]) WITH ORDINALITY AS u(id, parameters, number)`,
		[
			batch.id,
			firstIndex,
			batch.quorum,
			batch.targetCopies,
			ids,
			units.map(({ parameters }) => JSON.stringify(parameters)),
		],
	);
	await insertInputs(client, ids, units);
	await insertFirstTasks(client, batch, ids);
}

async function insertInputs(
	client: pg.PoolClient,
	ids: readonly string[],
	units: readonly NewWorkUnit[],
): Promise<void> {
	const rows = units.flatMap(({ inputs }, index) =>
		inputs.map((input) => ({ ...input, id: ids[index] })),
	);
	if (rows.length === 0) return;
	await client.query(
		`INSERT INTO "WorkUnitInput" ("workUnitId", "path", "blobSha256", "offset", "bytes", "sha256")
		SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[])`,
		[
			rows.map(({ id }) => id),
			rows.map(({ path }) => path),
			rows.map(({ blobSha256 }) => blobSha256),
			rows.map(({ offset }) => offset),
			rows.map(({ bytes }) => bytes),
			rows.map(({ sha256 }) => sha256),
		],
	);
}

async function insertFirstTasks(
	client: pg.PoolClient,
	batch: NewBatch,
	workUnitIds: readonly string[],
): Promise<void> {
	const copies = Array.from({ length: batch.targetCopies }, (_, copy) => copy);
	// A work unit's copies stand together, so that they are placed one soon after the other.
	const owners = workUnitIds.flatMap((id) => copies.map(() => id));
	await client.query(
		`INSERT INTO "Task" ("id", "workUnitId", "batchId", "number", "state", "priority")
		SELECT t.id, t.unit, $1, t.number, 'unsent', $2
		FROM unnest($3::uuid[], $4::uuid[], $5::int[]) AS t(id, unit, number)`,
		[
			batch.id,
			batch.priority,
			owners.map(() => uuidv7()),
			owners,
			workUnitIds.flatMap(() => copies),
		],
	);
}
