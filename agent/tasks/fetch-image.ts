import type { Manifest } from "../core/protocol.ts";
import { DownloadRefused } from "../link/download-blob.ts";
import { getApprovedTask } from "./approved-task.ts";
import type { TaskContext } from "./task-context.ts";

/** Brings a task's image onto the engine: downloaded, checked by the SHA-256 that was signed, loaded. */
export async function fetchImage(
	{ taskId }: { taskId: string },
	context: TaskContext,
	signal: AbortSignal,
): Promise<void> {
	const { manifest: stored, approved } = await getApprovedTask(context, taskId);
	const { manifest } = approved;
	const { archive } = context.wanted.find(taskId)?.manifest ?? stored;
	const path = await context.blobs
		.get(
			{
				url: new URL(archive.path, context.identity.server).href,
				offset: 0,
				bytes: manifest.archive.bytes,
				sha256: manifest.archive.sha256,
			},
			signal,
		)
		.catch((error) => {
			if (error instanceof DownloadRefused) context.server.look();
			throw error;
		});
	await context.images.load(
		manifest.archive.sha256,
		manifest.imageId,
		async () => {
			const loaded = await context.engine.loadImage(path, signal);
			const engineImageId = chooseImage(loaded, manifest);
			await context.engine.nameImage(engineImageId, manifest.appVersionId);
			return engineImageId;
		},
		context.now(),
	);
	await context.blobs.drop(manifest.archive.sha256);
	context.log.info("Loaded an image.", { project: manifest.project });
}

/**
 * The image of an archive. Its id is the manifest's on engines with the same kind of store as the server's. On others
 * it differs; then the archive, whose hash is signed, must hold exactly one image.
 */
function chooseImage(loaded: readonly string[], manifest: Manifest): string {
	if (loaded.includes(manifest.imageId)) return manifest.imageId;
	const [only, ...others] = loaded;
	if (!only || others.length)
		throw new Error(
			`The archive holds ${loaded.length} images, none of them the manifest's.`,
		);
	return only;
}
