import type pg from "pg";
import { v7 as uuidv7 } from "uuid";
import { AppError } from "../../errors.ts";
import type { BatchRules } from "./batch-input.ts";
import type { NewWorkUnit } from "./work-unit-source.ts";

/** Rows of one INSERT. More gains nothing, and this is all that is in memory of a batch of any size. */
export const CHUNK_ROWS = 2_000;
/** The same for work units with long parameters. */
export const CHUNK_CHARACTERS = 4_000_000;

export interface NewBatch extends BatchRules {
	id: string;
	projectId: string;
	appVersionId: string;
	submitterId: string;
	name: string;
	estimatedOperations: number;
	submissionKey: string | undefined;
}

/** Runs the work in one transaction of its own connection, however long it takes. */
export async function inSubmission<T>(
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

/**
 * Makes the batch, empty. Holds the project and the app version as they are until the transaction ends, so that neither
 * is suspended or withdrawn in between. A submission with the same key waits here for this one.
 *
 * @throws AppError conflict when the project or the version is not approved any more
 */
export async function insertBatch(
	client: pg.PoolClient,
	batch: NewBatch,
): Promise<"inserted" | "submittedBefore"> {
	const { rowCount: approved } = await client.query(
		`SELECT 1 FROM "AppVersion" v JOIN "Project" p ON p."id" = v."projectId"
		WHERE v."id" = $1 AND v."state" = 'approved' AND p."state" = 'approved' FOR SHARE`,
		[batch.appVersionId],
	);
	if (approved !== 1)
		throw new AppError(
			"conflict",
			"The project or the app version is not approved any more.",
		);
	const { rowCount } = await client.query(
		`INSERT INTO "Batch" ("id", "projectId", "appVersionId", "submitterId", "name", "placement", "quorum",
			"targetCopies", "maxErrors", "maxTotal", "deadlineSeconds", "priority", "estimatedOperations", "submissionKey",
			"confidence", "maxFrozenSeconds")
		VALUES ($1, $2, $3, $4, $5, $6::"Placement", $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
		ON CONFLICT ("submitterId", "submissionKey") DO NOTHING`,
		[
			batch.id,
			batch.projectId,
			batch.appVersionId,
			batch.submitterId,
			batch.name,
			batch.placement,
			batch.quorum,
			batch.targetCopies,
			batch.maxErrors,
			batch.maxTotal,
			batch.deadlineSeconds,
			batch.priority,
			batch.estimatedOperations,
			batch.submissionKey ?? null,
			batch.confidence,
			batch.maxFrozenSeconds,
		],
	);
	return rowCount === 1 ? "inserted" : "submittedBefore";
}

/** Adds work units with their inputs and first tasks. They are at rest: nothing is due until a task moves. */
export async function insertWorkUnits(
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

export async function setWorkUnitCount(
	client: pg.PoolClient,
	batchId: string,
	workUnits: number,
): Promise<void> {
	await client.query(`UPDATE "Batch" SET "workUnits" = $2 WHERE "id" = $1`, [
		batchId,
		workUnits,
	]);
}
