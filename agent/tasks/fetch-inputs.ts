import { chmod, copyFile, link, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isErrno } from "../core/agent-error.ts";
import type { Assignment } from "../core/protocol.ts";
import { TaskFailure } from "../core/step-failure.ts";
import { type Download, DownloadRefused } from "../link/download-blob.ts";
import { getApprovedTask } from "./approved-task.ts";
import type { TaskContext } from "./task-context.ts";
import { unpackCheckpoint } from "./unpack-checkpoint.ts";

/**
 * Puts a task's inputs below its input folder, each checked by its SHA-256, and its checkpoint into its own. The marker
 * comes last: without it the folder is begun anew, whatever lies in it.
 */
export async function fetchInputs(
	{ taskId }: { taskId: string },
	context: TaskContext,
	signal: AbortSignal,
): Promise<void> {
	const { assignment: stored, approved } = await getApprovedTask(
		context,
		taskId,
	);
	const folder = context.state.task(taskId);
	const assignment = context.wanted.find(taskId)?.assignment ?? stored;
	await rm(folder.input, { recursive: true, force: true });
	await mkdir(folder.input, { recursive: true });
	// What was taken is what is fetched; the server's newest word only has fresher addresses.
	for (const [at, input] of stored.inputs.entries())
		await placeInput(
			input,
			assignment.inputs[at]?.download.path ?? input.download.path,
			folder.input,
			context,
			signal,
		);
	if (stored.checkpoint) {
		const path = assignment.checkpoint?.path ?? stored.checkpoint.path;
		const { bytes, sha256 } = stored.checkpoint;
		const archive = await getBlob(
			{ path, offset: 0, bytes, sha256 },
			context,
			signal,
		);
		await unpackCheckpoint(
			archive,
			folder.checkpoint,
			approved.manifest.diskMiB * 1024 * 1024,
		);
		await context.blobs.drop(sha256);
	}
	await writeFile(folder.inputsReady, "");
}

function getBlob(
	{ path, ...what }: Omit<Download, "url"> & { path: string },
	context: TaskContext,
	signal: AbortSignal,
): Promise<string> {
	const url = new URL(path, context.identity.server).href;
	return context.blobs.get({ url, ...what }, signal).catch((error) => {
		if (error instanceof DownloadRefused) context.server.look();
		throw error;
	});
}

async function placeInput(
	{ path, offset, download }: Assignment["inputs"][number],
	address: string,
	root: string,
	context: TaskContext,
	signal: AbortSignal,
): Promise<void> {
	const { bytes, sha256 } = download;
	const what = { path: address, offset, bytes, sha256 };
	const blob = await getBlob(what, context, signal);
	const target = join(root, path);
	try {
		await mkdir(dirname(target), { recursive: true });
		// Readable for the container's user, which is not ours.
		await chmod(blob, 0o444);
		await link(blob, target).catch(() => copyFile(blob, target));
	} catch (error) {
		if (isErrno(error, "ENOTDIR", "EEXIST", "EISDIR", "ENAMETOOLONG"))
			throw new TaskFailure(
				"inputUnavailable",
				`${path} cannot be put beside the other inputs.`,
			);
		throw error;
	}
}
