import type { Db } from "../database/db.ts";
import type { ProjectQueue } from "./choose-batches.ts";
import type { BatchNeeds } from "./placement-plan.ts";

/** By project, the open batches that may run now and have something unsent: the most urgent first, then the oldest. */
export function listProjectQueues(db: Db): Promise<ProjectQueue[]> {
	return db.$queryRaw`
		SELECT b."projectId", array_agg(b."id"::text ORDER BY b."priority" DESC, b."createdAt", b."id") AS "batchIds"
		FROM "Batch" b
		JOIN "AppVersion" v ON v."id" = b."appVersionId" AND v."state" = 'approved'
		JOIN "Project" p ON p."id" = b."projectId" AND p."state" = 'approved'
		WHERE b."state" = 'open'
		AND EXISTS (SELECT 1 FROM "Task" t WHERE t."batchId" = b."id" AND t."state" = 'unsent')
		GROUP BY b."projectId"`;
}

/** What the tasks of these batches need, apart from what was learned of them. */
export function listBatchNeeds(
	db: Db,
	batchIds: readonly string[],
): Promise<(Omit<BatchNeeds, "runTimes"> & { appVersionId: string })[]> {
	return db.$queryRaw`
		SELECT b."id" AS "batchId", b."projectId", p."scienceArea", b."appVersionId", b."placement"::text AS "placement",
			b."confidence", b."maxFrozenSeconds", b."estimatedOperations",
			COALESCE((SELECT json_object_agg(u."platform", u."imageId") FROM "Build" u WHERE u."appVersionId" = v."id"), '{}') AS "builds",
			v."cores", v."memoryMiB", v."diskMiB"
		FROM "Batch" b
		JOIN "AppVersion" v ON v."id" = b."appVersionId"
		JOIN "Project" p ON p."id" = b."projectId"
		WHERE b."id" = ANY(${batchIds as string[]}::uuid[])`;
}
