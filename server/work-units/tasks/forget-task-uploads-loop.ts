import type { Db } from "../../database/db.ts";
import {
	createRepeatingLoop,
	type RepeatingLoop,
} from "../../loops/repeating-loop.ts";
import type { Services } from "../../services.ts";
import { forgetExpiredUploads } from "../../storage/uploads/forget-expired-uploads.ts";
import { taskReported } from "./task-transitions.ts";

const INTERVAL_MS = 5 * 60 * 1000;

/**
 * Frees what the uploads of ended tasks took of their device's and owner's share, every few minutes: often enough that
 * an honest device never notices, and no sooner than the bytes are really gone.
 */
export const createForgetTaskUploadsLoop = (
	services: Services,
): RepeatingLoop =>
	createRepeatingLoop({
		name: "forget task uploads",
		intervalMs: INTERVAL_MS,
		log: services.log,
		run: () => forgetTaskUploads(services),
	});

/** Does it once. Several at the same time, here or in other processes, do no harm. */
export async function forgetTaskUploads(services: Services): Promise<void> {
	const now = services.clock.now();
	await expireUploadsOfEndedTasks(services.db, now);
	await forgetExpiredUploads(services, now);
}

/**
 * Uploads end with their task, complete or not: what it reported refers to the bytes by itself. A task that can still
 * be reported keeps its own, also one that was lost while somebody waits for its result.
 */
async function expireUploadsOfEndedTasks(db: Db, now: Date): Promise<void> {
	await db.$executeRaw`
		UPDATE "Upload" u SET "expiresAt" = ${now} FROM "Task" t JOIN "WorkUnit" w ON w."id" = t."workUnitId"
		WHERE u."taskId" IS NOT NULL AND u."taskId" = t."id" AND u."expiresAt" > ${now}
		AND NOT (t."state"::text = ANY(${[...taskReported.from]}::text[]) AND (t."state" <> 'lost' OR w."state" = 'open'))`;
}
