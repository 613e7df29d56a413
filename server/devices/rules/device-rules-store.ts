import type { OwnerRules } from "../../../agent/core/protocol.ts";
import type { Db } from "../../database/db.ts";

/** A project as rules name it. */
export interface NamedProject {
	id: string;
	slug: string;
	name: string;
	scienceArea: string;
}

/** The rules of a device as they are stored, with whose it is; null when there is no such device. */
export const findRules = (
	db: Db,
	deviceId: string,
): Promise<{ ownerId: string | null; rules: unknown } | null> =>
	db.device.findUnique({
		where: { id: deviceId },
		select: { ownerId: true, rules: true },
	});

/** False when the device is retired: nothing changes then. */
export async function writeRules(
	db: Db,
	deviceId: string,
	rules: OwnerRules,
): Promise<boolean> {
	const { count } = await db.device.updateMany({
		where: { id: deviceId, state: { not: "retired" } },
		data: { rules },
	});
	return count === 1;
}

/** Gives the owner's other devices the rules of this one. Answers those on which they are new. */
export async function copyRulesToDevicesOf(
	db: Db,
	deviceId: string,
): Promise<string[]> {
	const rows = await db.$queryRaw<{ id: string }[]>`
		WITH others AS (
			SELECT other."id", mine."rules" FROM "Device" mine
			JOIN "Device" other ON other."ownerId" = mine."ownerId" AND other."id" <> mine."id"
			WHERE mine."id" = ${deviceId}::uuid AND other."state" <> 'retired' AND other."rules" <> mine."rules"
			ORDER BY other."id" FOR NO KEY UPDATE OF other
		)
		UPDATE "Device" d SET "rules" = others."rules" FROM others WHERE d."id" = others."id" RETURNING d."id"`;
	return rows.map(({ id }) => id);
}

/** Those of the projects that anybody may know of. */
export async function listPublicProjects(
	db: Db,
	ids: readonly string[],
): Promise<NamedProject[]> {
	if (ids.length === 0) return [];
	return db.project.findMany({
		where: {
			id: { in: [...ids] },
			state: { in: ["approved", "suspended", "finished"] },
		},
		select: { id: true, slug: true, name: true, scienceArea: true },
		orderBy: { name: "asc" },
	});
}
