import type { Db } from "../database/db.ts";

/** A network without devices yet: one core of a small computer. */
const SPEED_WITHOUT_DEVICES = 1e9;

/** Projects that are handed in, or have versions that are; the one that has waited longest first. */
export async function listProjectsToReview(
	db: Db,
	page: { cursor?: string | undefined; limit: number },
) {
	const rows = await db.project.findMany({
		where: {
			OR: [
				{ state: "submitted" },
				{
					state: { in: ["approved", "suspended"] },
					appVersions: { some: { state: "submitted" } },
				},
			],
		},
		orderBy: [{ submittedAt: "asc" }, { id: "asc" }],
		...(page.cursor && { cursor: { id: page.cursor }, skip: 1 }),
		take: page.limit + 1,
		include: {
			credit: { select: { total: true } },
			owner: {
				select: {
					id: true,
					name: true,
					email: true,
					_count: { select: { projects: true } },
				},
			},
		},
	});
	const items = rows.slice(0, page.limit);
	return {
		items,
		nextCursor: rows.length > page.limit ? items.at(-1)?.id : undefined,
	};
}

/** Operations a second on one core of the device in the middle of all that were measured. */
export async function findTypicalSpeed(db: Db): Promise<number> {
	const [row] = await db.$queryRaw<{ speed: number | null }[]>`
		SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ("integerOpsPerSecond" + "floatOpsPerSecond") / 2) AS "speed"
		FROM "Device" WHERE "state" IN ('online', 'offline') AND "floatOpsPerSecond" > 0`;
	return row?.speed || SPEED_WITHOUT_DEVICES;
}
