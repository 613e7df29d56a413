import { CHECKPOINT_NAME, type Report } from "../../../agent/core/protocol.ts";
import { AppError } from "../../errors.ts";
import type { Services } from "../../services.ts";
import { requestMissingOutputs } from "../../storage/uploads/task-output-uploads.ts";
import type { TaskOfDevice } from "./task-store.ts";

export interface KeptCheckpoint {
	/** Null: there is none, or none that can be kept; then the work begins anew. */
	kept: { sha256: string; bytes: number } | null;
	/** Where to upload it first; empty when it is there or not wanted. */
	missing: { output: string; path: string }[];
}

const NONE: KeptCheckpoint = { kept: null, missing: [] };

/**
 * What a task that is given back leaves for another one. It counts only when this very task brought it. One that is too
 * large, or that nobody will go on from, is not asked for: giving back never waits for that.
 */
export async function keepCheckpoint(
	services: Services,
	task: TaskOfDevice,
	{ outcome, checkpoint }: Report,
): Promise<KeptCheckpoint> {
	const wanted =
		checkpoint !== undefined &&
		checkpoint.bytes > 0 &&
		outcome === "returned" &&
		task.workUnitState === "open" &&
		checkpoint.bytes <= task.diskMiB * 1024 * 1024;
	if (!wanted) return NONE;
	try {
		const { complete, uploads } = await requestMissingOutputs(
			services,
			task,
			[{ ...checkpoint, path: CHECKPOINT_NAME }],
			"taskCheckpoint",
		);
		// No room for it now: nobody waits for that either.
		if (!complete && uploads.length === 0) return NONE;
		return { kept: checkpoint, missing: uploads };
	} catch (error) {
		if (error instanceof AppError) return NONE;
		throw error;
	}
}
