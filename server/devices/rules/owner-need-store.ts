import type { Db } from "../../database/db.ts";
import { AppError } from "../../errors.ts";

/** A time in which the owner will need the device, by their own word: it corrects the forecast. */
export interface OwnerNeed {
	id: string;
	deviceId: string;
	from: Date;
	until: Date;
}

/** A device has at most so many that are not over. */
export const MOST_OPEN_NEEDS = 100;

const columns = { id: true, deviceId: true, from: true, until: true } as const;

/** What the owners of these devices said and is not over at `now`, the earliest first. */
export async function listOpenNeeds(
	db: Db,
	deviceIds: readonly string[],
	now: Date,
): Promise<OwnerNeed[]> {
	if (deviceIds.length === 0) return [];
	return db.$queryRaw`
		SELECT "id", "deviceId", "from", "until" FROM "OwnerNeed"
		WHERE "deviceId" = ANY(${deviceIds as string[]}::uuid[]) AND "until" > ${now}
		ORDER BY "from", "id"`;
}

/**
 * Keeps a need. The same time again answers with the one that is there, so that a request may be repeated. Takes the
 * device's row, so that two requests at once cannot pass the limit together: call it in a transaction.
 *
 * @throws AppError tooMany
 */
export async function keepOwnerNeed(
	db: Db,
	{ deviceId, from, until }: Omit<OwnerNeed, "id">,
	now: Date,
): Promise<OwnerNeed> {
	await db.$queryRaw`SELECT "id" FROM "Device" WHERE "id" = ${deviceId}::uuid FOR NO KEY UPDATE`;
	const open = await listOpenNeeds(db, [deviceId], now);
	const known = open.find(
		(need) =>
			need.from.getTime() === from.getTime() &&
			need.until.getTime() === until.getTime(),
	);
	if (known) return known;
	if (open.length >= MOST_OPEN_NEEDS)
		throw new AppError(
			"tooMany",
			`A device can have ${MOST_OPEN_NEEDS} such times at once. Remove one first.`,
		);
	return db.ownerNeed.create({
		data: { deviceId, from, until },
		select: columns,
	});
}

/** False when there is no such need of this device. */
export async function deleteOwnerNeed(
	db: Db,
	deviceId: string,
	needId: string,
): Promise<boolean> {
	const { count } = await db.ownerNeed.deleteMany({
		where: { id: needId, deviceId },
	});
	return count === 1;
}

/** Forgets what was over before `before`. Answers how many. */
export async function forgetOldNeeds(db: Db, before: Date): Promise<number> {
	const { count } = await db.ownerNeed.deleteMany({
		where: { until: { lt: before } },
	});
	return count;
}
