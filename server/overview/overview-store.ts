import { z } from "zod";
import type { Db } from "../database/db.ts";
import { BEGUN_STATES, listStates } from "../work-units/task-states.ts";

/** The network in figures, for everybody. Days are UTC's. */
export const overviewSchema = z.object({
	devicesOnline: z.number().int(),
	coresLending: z
		.number()
		.int()
		.describe("Cores of the devices that are online and not paused"),
	owners: z.number().int().describe("People with a device that is not retired"),
	tasksRunning: z.number().int(),
	workUnitsDone: z.number().int(),
	workUnitsDoneToday: z.number().int(),
	creditGranted: z.number(),
	creditGrantedToday: z.number(),
	projectsActive: z.number().int().describe("Approved, with work under way"),
	at: z.date().describe("When these figures were counted"),
});
export type Overview = z.infer<typeof overviewSchema>;

const DAY_MS = 86_400_000;

/** One statement, so that the figures agree with each other. */
export async function countOverview(db: Db, now: Date): Promise<Overview> {
	const today = new Date(now.getTime() - (now.getTime() % DAY_MS));
	const [row] = await db.$queryRaw<Omit<Overview, "at">[]>`
		WITH online AS (
			SELECT count(*)::int AS "devicesOnline",
				COALESCE(sum("cores") FILTER (WHERE NOT "paused" AND NOT "draining" AND "blockedReason" IS NULL), 0)::int
					AS "coresLending"
			FROM "Device" WHERE "state" = 'online'
		), batches AS (
			SELECT COALESCE(sum("doneUnits"), 0)::float8 AS "workUnitsDone" FROM "Batch"
		), today AS (
			SELECT count(DISTINCT "workUnitId")::int AS "workUnitsDoneToday",
				COALESCE(sum("amount"), 0)::float8 AS "creditGrantedToday"
			FROM "CreditEntry" WHERE "grantedAt" >= ${today}
		)
		SELECT online.*, batches.*, today.*,
			(SELECT count(DISTINCT "ownerId")::int FROM "Device" WHERE "state" <> 'retired') AS "owners",
			(SELECT count(*)::int FROM "Task" t JOIN "Device" d ON d."id" = t."deviceId"
				WHERE d."state" = 'online' AND t."state" IN ${listStates(BEGUN_STATES)}) AS "tasksRunning",
			(SELECT COALESCE(sum("total"), 0)::float8 FROM "ProjectCredit") AS "creditGranted",
			(SELECT count(DISTINCT p."id")::int FROM "Project" p JOIN "Batch" b ON b."projectId" = p."id"
				WHERE p."state" = 'approved' AND b."state" = 'open') AS "projectsActive"
		FROM online, batches, today`;
	if (!row) throw new Error("A statement without a condition had no row.");
	return { ...row, at: now };
}
