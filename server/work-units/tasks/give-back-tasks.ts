import type { Db } from "../../database/db.ts";
import { listStates, ON_DEVICE_STATES } from "../task-states.ts";

/**
 * Takes what runs off the devices, at nobody's cost: the tasks of a project, or of one of its versions, become
 * `returned`, each with the checkpoint that it began from, and their work units are looked at again. Nothing new is placed while the project is not approved.
 *
 * @returns the devices that must be told
 */
export async function giveBackTasks(
	db: Db,
	of: { projectId: string } | { appVersionId: string },
	now: Date,
): Promise<string[]> {
	const batches = await db.batch.findMany({ where: of, select: { id: true } });
	const ids = batches.map((batch) => batch.id);
	// Work units before tasks, and both in the order of their ids: the order of locks (docs/architecture.md).
	const units = await db.$queryRaw<{ id: string }[]>`
		SELECT "id" FROM "WorkUnit" WHERE "id" IN (
			SELECT t."workUnitId" FROM "Task" t
			WHERE t."batchId" = ANY(${ids}::uuid[]) AND t."state" IN ${listStates(ON_DEVICE_STATES)})
		ORDER BY "id" FOR NO KEY UPDATE`;
	const unitIds = units.map(({ id }) => id);
	const rows = await db.$queryRaw<{ deviceId: string | null }[]>`
		WITH held AS (
			SELECT "id" FROM "Task" WHERE "workUnitId" = ANY(${unitIds}::uuid[])
			AND "state" IN ${listStates(ON_DEVICE_STATES)} ORDER BY "id" FOR NO KEY UPDATE
		), given AS (
			UPDATE "Task" t SET "state" = 'returned', "finishedAt" = ${now},
				("checkpointSha256", "checkpointBytes") =
					(SELECT p."checkpointSha256", p."checkpointBytes" FROM "Task" p WHERE p."id" = t."continuesTaskId")
			FROM held WHERE t."id" = held."id"
			RETURNING t."deviceId", t."workUnitId"
		), looked AS (
			UPDATE "WorkUnit" SET "reviewAt" = ${now}
			WHERE "id" IN (SELECT "workUnitId" FROM given) AND "state" = 'open'
		)
		SELECT DISTINCT "deviceId" FROM given`;
	return rows.flatMap(({ deviceId }) => deviceId ?? []);
}
