import { opendir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { validate as isUuid } from "uuid";
import {
	createRepeatingLoop,
	type RepeatingLoop,
} from "../../loops/repeating-loop.ts";
import type { Services } from "../../services.ts";
import { forgetExpiredUploads } from "./forget-expired-uploads.ts";
import { uploadsFolder } from "./tus-uploads.ts";
import { findUpload } from "./upload-store.ts";

const INTERVAL_MS = 60 * 60 * 1000;
/** A blob that nothing refers to is left alone for so long: somebody may be about to refer to it. */
const GRACE_MS = 24 * 60 * 60 * 1000;

/** Deletes expired uploads and blobs that nothing needs, every hour. */
export const createCollectGarbageLoop = (services: Services): RepeatingLoop =>
	createRepeatingLoop({
		name: "collect garbage",
		intervalMs: INTERVAL_MS,
		log: services.log,
		run: () => collectGarbage(services),
	});

/** Collects once. Several at the same time, here or in other processes, do no harm. */
export async function collectGarbage(services: Services): Promise<void> {
	const { blobs, clock, log } = services;
	const now = clock.now();
	const uploads = await forgetExpiredUploads(services, now);
	const olderThan = new Date(now.getTime() - GRACE_MS);
	const strayUploads = await removeStrayUploads(services, olderThan);
	const swept = await blobs.sweep(olderThan);
	if (uploads + strayUploads + swept.blobs + swept.strayFiles > 0)
		log.info({ uploads, strayUploads, ...swept }, "Collected garbage.");
}

/** Files of uploads whose row went while the file stayed: the crash of an earlier collection. */
async function removeStrayUploads(
	{ db, config }: Services,
	olderThan: Date,
): Promise<number> {
	const folder = uploadsFolder(config.dataFolder);
	const entries = await opendir(folder).catch(() => undefined);
	let removed = 0;
	for await (const { name } of entries ?? []) {
		const file = join(folder, name);
		const found = await stat(file).catch(() => undefined);
		if (!found || found.mtime >= olderThan) continue;
		if (isUuid(name) && (await findUpload(db, name))) continue;
		await rm(file, { force: true });
		removed += 1;
	}
	return removed;
}
