import type { Db } from "../../database/db.ts";

/** What was asked of a device; the guard record that says that it is done has the request's id. */
export interface YoursNowRequest {
	deviceId: string;
	requestId: string;
	/** It took no tasks before either. */
	wasPaused: boolean;
}

/**
 * Writes the request on one device, or on all of an owner, that are not retired; each is paused with it. One that has
 * not been answered yet stands, unless it asked for less.
 */
export function requestYoursNow(
	db: Db,
	which: { deviceId: string } | { ownerId: string },
	images: boolean,
): Promise<YoursNowRequest[]> {
	const deviceId = "deviceId" in which ? which.deviceId : null;
	const ownerId = "ownerId" in which ? which.ownerId : null;
	return db.$queryRaw`
		WITH wanted AS (
			SELECT "id", "paused" FROM "Device"
			WHERE ("id" = ${deviceId}::uuid OR "ownerId" = ${ownerId}::uuid) AND "state" <> 'retired'
			ORDER BY "id" FOR NO KEY UPDATE
		)
		UPDATE "Device" d SET "paused" = true, "draining" = false,
			"yoursNowId" = CASE WHEN d."yoursNowId" IS NOT NULL AND (d."yoursNowImages" OR NOT ${images})
				THEN d."yoursNowId" ELSE gen_random_uuid() END,
			"yoursNowImages" = ${images} OR (d."yoursNowId" IS NOT NULL AND d."yoursNowImages")
		FROM wanted WHERE d."id" = wanted."id"
		RETURNING d."id" AS "deviceId", d."yoursNowId" AS "requestId", wanted."paused" AS "wasPaused"`;
}

/**
 * Ends pause, drain and requests that are not answered on an owner's devices: on these, or on all. Answers the devices
 * that changed.
 */
export async function resumeDevicesOf(
	db: Db,
	ownerId: string,
	deviceIds?: readonly string[],
): Promise<string[]> {
	const all = deviceIds === undefined;
	const rows = await db.$queryRaw<{ id: string }[]>`
		WITH stopped AS (
			SELECT "id" FROM "Device"
			WHERE "ownerId" = ${ownerId}::uuid AND "state" <> 'retired' AND ("paused" OR "draining")
				AND (${all} OR "id" = ANY(${[...(deviceIds ?? [])]}::uuid[]))
			ORDER BY "id" FOR NO KEY UPDATE
		)
		UPDATE "Device" d SET "paused" = false, "draining" = false, "yoursNowId" = NULL, "yoursNowImages" = false
		FROM stopped WHERE d."id" = stopped."id" RETURNING d."id"`;
	return rows.map(({ id }) => id);
}
