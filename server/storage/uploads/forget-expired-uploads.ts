import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Services } from "../../services.ts";
import { uploadsFolder } from "./tus-uploads.ts";
import { deleteExpiredUploads } from "./upload-store.ts";

const AT_ONCE = 1000;

/**
 * Forgets what expired, with the bytes that had come; from then on it takes nobody's share. Answers how many. The row
 * goes first: a crash leaves a file that nobody may go on with, which the collection of garbage removes.
 */
export async function forgetExpiredUploads(
	{ db, config }: Pick<Services, "db" | "config">,
	now: Date,
): Promise<number> {
	let forgotten = 0;
	for (;;) {
		const ids = await deleteExpiredUploads(db, now, AT_ONCE);
		for (const id of ids)
			await rm(join(uploadsFolder(config.dataFolder), id), { force: true });
		forgotten += ids.length;
		if (ids.length < AT_ONCE) return forgotten;
	}
}
