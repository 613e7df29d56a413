import type { Db } from "../../database/db.ts";

/**
 * Claims an upload for this holder, or renews its claim. False while somebody else holds it. By the database's own clock,
 * which is the same for all processes.
 */
export async function claimUpload(
	db: Db,
	id: string,
	holder: string,
	seconds: number,
): Promise<boolean> {
	const claimed = await db.$executeRaw`
		UPDATE "Upload" SET "heldBy" = ${holder}::uuid, "heldUntil" = now() + make_interval(secs => ${seconds}::float8)
		WHERE "id" = ${id}::uuid
		AND ("heldBy" IS NULL OR "heldBy" = ${holder}::uuid OR "heldUntil" < now())`;
	// An upload that is gone is nobody's: whoever asks for it next is told so.
	return claimed === 1 || (await db.upload.count({ where: { id } })) === 0;
}

/** Nothing happens when it was somebody else's by now. */
export async function releaseUpload(
	db: Db,
	id: string,
	holder: string,
): Promise<void> {
	await db.$executeRaw`
		UPDATE "Upload" SET "heldBy" = NULL, "heldUntil" = NULL
		WHERE "id" = ${id}::uuid AND "heldBy" = ${holder}::uuid`;
}
