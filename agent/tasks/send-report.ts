import { basename } from "node:path";
import { CHECKPOINT_NAME, type Report } from "../core/protocol.ts";
import { TaskFailure } from "../core/step-failure.ts";
import { uploadTaskFile } from "../link/upload-task-file.ts";
import { readReport, writeReport } from "../state/stored-task.ts";
import { forgetTask } from "./forget-task.ts";
import { openOutput } from "./output-files.ts";
import type { TaskContext } from "./task-context.ts";

/** Uploads can be asked for again, when one of them has been lost meanwhile; not for ever. */
const ROUNDS = 5;

/**
 *   report ─► uploadsNeeded ─► each uploaded ─► the same report again ─► accepted, obsolete or refused ─► forgotten
 *
 * Only the server's answer allows us to forget the task; until then everything stays on the disk and is said again. The
 * same report twice is one report to the server.
 */
export async function sendReport(
	{ taskId }: { taskId: string },
	context: TaskContext,
	signal: AbortSignal,
): Promise<void> {
	let report = await readReport(context.state.task(taskId));
	if (!report) return;
	for (let round = 0; round < ROUNDS; round++) {
		const answer = await context.server.report(report);
		switch (answer.status) {
			case "uploadsNeeded":
				report = await uploadOutputs(report, answer.uploads, context, signal);
				break;
			case "refused":
				context.log.warn(`The server refused a report: ${answer.message}`, {
					task: taskId,
				});
				return forget(taskId, context);
			case "obsolete":
				context.log.info("Nobody waits for this task any more.", {
					task: taskId,
				});
				return forget(taskId, context);
			case "accepted":
				context.log.info("The server has the report.", { task: taskId });
				return forget(taskId, context);
		}
	}
	throw new Error("The server keeps asking for the same uploads.");
}

/** Uploads what is asked for. When an output is lost (a disk can do that), the task has failed after all. */
async function uploadOutputs(
	report: Report,
	uploads: { output: string; path: string }[],
	context: TaskContext,
	signal: AbortSignal,
): Promise<Report> {
	try {
		for (const { output, path } of uploads)
			await upload(report, output, path, context, signal);
		return report;
	} catch (error) {
		if (!(error instanceof TaskFailure)) throw error;
		// Without its checkpoint it begins anew elsewhere, which is all that is lost.
		if (report.outcome === "returned")
			return withoutCheckpoint(report, context);
		const failed: Report = {
			...report,
			outcome: "failed",
			errorCode: error.errorCode,
			errorDetail: error.message,
			outputs: [],
		};
		await writeReport(context.state.task(report.taskId), failed);
		return failed;
	}
}

async function withoutCheckpoint(
	{ checkpoint: _, ...report }: Report,
	context: TaskContext,
): Promise<Report> {
	await writeReport(context.state.task(report.taskId), report);
	return report;
}

async function forget(taskId: string, context: TaskContext): Promise<void> {
	context.wanted.finish(taskId);
	await forgetTask({ taskId }, context);
}

async function upload(
	report: Report,
	output: string,
	path: string,
	context: TaskContext,
	signal: AbortSignal,
): Promise<void> {
	const folder = context.state.task(report.taskId);
	const known =
		output === CHECKPOINT_NAME
			? report.checkpoint
			: report.outputs.find((candidate) => candidate.path === output);
	// An output that we never reported is none that we would read.
	if (!known)
		throw new Error(`The server asks for an output that is not there.`);
	const file =
		output === CHECKPOINT_NAME
			? await openOutput(folder.path, basename(folder.checkpointArchive))
			: await openOutput(folder.output, output);
	try {
		await uploadTaskFile(
			file,
			known.bytes,
			new URL(path, context.identity.server).href,
			context.uploadLimit,
			signal,
		);
	} finally {
		await file.close();
	}
}
