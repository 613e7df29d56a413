import type { BlobStore } from "../storage/blobs/blob-store.ts";
import type { Comparison, NumericComparison } from "./comparison.ts";
import { contentsAgree } from "./contents-agree.ts";

/** A reported task's outputs. */
export interface TaskOutputs {
	taskId: string;
	digest: string;
	outputs: readonly { path: string; sha256: string; bytes: number }[];
}

/** Which pairs of tasks agree although their bytes differ; `knows` tells whether a pair has been looked at. */
export interface Agreements {
	knows(taskId: string, otherTaskId: string): boolean;
	agree(taskId: string, otherTaskId: string): boolean;
}

/**
 * Files above this are compared by their bytes alone: two of them are held in memory at once, and a server with 2 GiB
 * must never be brought down by a result.
 */
export const LARGEST_NUMERIC_FILE_BYTES = 32 * 1024 * 1024;

const pairKey = (a: string, b: string): string =>
	a < b ? `${a} ${b}` : `${b} ${a}`;

/** Compares every pair of the group's tasks by the app version's rule, reading blobs where their bytes differ. */
export async function findAgreements(
	blobs: BlobStore,
	groups: readonly { comparison: Comparison; tasks: readonly TaskOutputs[] }[],
): Promise<Agreements> {
	const known = new Map<string, boolean>();
	for (const { comparison, tasks } of groups) {
		for (const [i, a] of tasks.entries()) {
			for (const b of tasks.slice(i + 1))
				known.set(
					pairKey(a.taskId, b.taskId),
					await tasksAgree(blobs, a, b, comparison),
				);
		}
	}
	return {
		knows: (a, b) => a === b || known.has(pairKey(a, b)),
		agree: (a, b) => a === b || known.get(pairKey(a, b)) === true,
	};
}

async function tasksAgree(
	blobs: BlobStore,
	a: TaskOutputs,
	b: TaskOutputs,
	comparison: Comparison,
): Promise<boolean> {
	if (a.digest === b.digest) return true;
	if (comparison.kind === "bitwise" || a.outputs.length !== b.outputs.length)
		return false;
	const others = new Map(b.outputs.map((output) => [output.path, output]));
	for (const output of a.outputs) {
		const other = others.get(output.path);
		if (!other || !(await filesAgree(blobs, output, other, comparison)))
			return false;
	}
	return true;
}

async function filesAgree(
	blobs: BlobStore,
	a: { sha256: string; bytes: number },
	b: { sha256: string; bytes: number },
	comparison: NumericComparison,
): Promise<boolean> {
	if (a.sha256 === b.sha256) return true;
	if (Math.max(a.bytes, b.bytes) > LARGEST_NUMERIC_FILE_BYTES) return false;
	return contentsAgree(
		await readText(blobs, a.sha256),
		await readText(blobs, b.sha256),
		comparison,
	);
}

async function readText(blobs: BlobStore, sha256: string): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of await blobs.read(sha256))
		chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString("utf8");
}
