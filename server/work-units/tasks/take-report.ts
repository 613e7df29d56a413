import { createHash } from "node:crypto";
import type { Report, ReportAnswer } from "../../../agent/core/protocol.ts";
import { claimCredit } from "../../credit/claim-credit.ts";
import { storableText } from "../../database/storable-text.ts";
import { AppError } from "../../errors.ts";
import type { Services } from "../../services.ts";
import { requestMissingOutputs } from "../../storage/uploads/task-output-uploads.ts";
import { digestOutputs } from "../../verification/digest-outputs.ts";
import { keepCheckpoint } from "./keep-checkpoint.ts";
import {
	endTask,
	findTaskOfDevice,
	type TaskEnding,
	type TaskOfDevice,
} from "./task-store.ts";
import {
	type TaskTransition,
	taskErrored,
	taskReported,
	taskReturned,
} from "./task-transitions.ts";

const TRANSITIONS: Record<Report["outcome"], TaskTransition> = {
	succeeded: taskReported,
	failed: taskErrored,
	returned: taskReturned,
};

/** What taking a report needs. */
export interface ReportServices extends Services {
	/** Learns how long tasks run, beside the reports and not in their way. */
	runTimes: { note(run: { taskId: string; seconds: number }): void };
}

/**
 * Takes a device's report of a task. Everything that the answer `accepted` stands for is in the database and on the
 * disk by then; the same report again is accepted again and changes nothing. An output that comes by upload counts as
 * there only when this very task brought it: knowing the hash of another device's result must not be enough.
 */
export async function takeReport(
	services: ReportServices,
	deviceId: string,
	report: Report,
): Promise<ReportAnswer> {
	const task = await findTaskOfDevice(services.db, report.taskId, deviceId);
	if (!task) return { status: "obsolete" };
	const known = answerIfEnded(task, report);
	if (known) return known;
	const objection = objectTo(task, report);
	if (objection) return { status: "refused", message: objection };

	const succeeded = report.outcome === "succeeded";
	if (succeeded) {
		const large = report.outputs.filter(({ inline }) => inline === undefined);
		const asked = await requestMissingOutputs(services, task, large).catch(
			(error: unknown) => {
				if (error instanceof AppError && error.code === "tooLarge")
					return error;
				throw error;
			},
		);
		if (asked instanceof AppError)
			return failAsTooLarge(services, task, report, asked.message);
		if (!asked.complete)
			return { status: "uploadsNeeded", uploads: asked.uploads };
		// Last, so that a report which is not taken yet leaves nothing on the disk, however often it comes.
		await keepInlineOutputs(services, report.outputs);
	}
	const checkpoint = await keepCheckpoint(services, task, report);
	if (checkpoint.missing.length)
		return { status: "uploadsNeeded", uploads: checkpoint.missing };
	const ended = await end(services, task, report, checkpoint.kept);
	// Someone was faster: the next report of it is answered by the state that it has now.
	if (!ended) return takeReport(services, deviceId, report);
	if (succeeded)
		services.runTimes.note({ taskId: task.id, seconds: report.runSeconds });
	return { status: "accepted" };
}

/** Outputs that the server will never take end the task; the researcher reads why, and others may try. */
async function failAsTooLarge(
	services: Services,
	task: TaskOfDevice,
	report: Report,
	message: string,
): Promise<ReportAnswer> {
	const failed: Report = {
		...report,
		outcome: "failed",
		errorCode: "diskLimit",
		errorDetail: message,
		outputs: [],
	};
	await end(services, task, failed, null);
	return { status: "refused", message };
}

/** Writes how the task ended, and tells those who look at it. False when it has moved on. */
async function end(
	{ db, clock, events }: Services,
	task: TaskOfDevice,
	report: Report,
	checkpoint: TaskEnding["checkpoint"],
): Promise<boolean> {
	const now = clock.now();
	const ended = await endTask(
		db,
		task,
		TRANSITIONS[report.outcome],
		endingOf(task, report, checkpoint, now),
		now,
	);
	if (!ended) return false;
	for (const topic of [
		`task:${task.id}`,
		`workUnit:${task.workUnitId}`,
		`batch:${task.batchId}`,
	] as const)
		events.publish(topic, { kind: "changed" });
	return true;
}

function answerIfEnded(
	task: TaskOfDevice,
	report: Report,
): ReportAnswer | undefined {
	switch (task.state) {
		case "reported":
		case "valid":
		case "invalid":
		case "errored":
		case "returned":
			return { status: "accepted" };
		case "cancelled":
		case "unsent":
			return { status: "obsolete" };
		case "lost":
			return report.outcome === "succeeded" && task.workUnitState === "open"
				? undefined
				: { status: "obsolete" };
		default:
			return undefined;
	}
}

/** Why a report cannot be taken as it stands, or undefined. */
function objectTo(task: TaskOfDevice, report: Report): string | undefined {
	const paths = new Set(report.outputs.map(({ path }) => path));
	if (paths.size !== report.outputs.length) return "An output is listed twice.";
	const bytes = report.outputs.reduce((sum, output) => sum + output.bytes, 0);
	const allowed = task.diskMiB * 1024 * 1024;
	if (bytes > allowed)
		return `The outputs have ${bytes} bytes; ${allowed} are allowed.`;
	for (const { path, inline, ...said } of report.outputs) {
		if (inline === undefined) continue;
		const content = Buffer.from(inline, "base64");
		const sha256 = createHash("sha256").update(content).digest("hex");
		if (content.length !== said.bytes || sha256 !== said.sha256)
			return `The output ${path} is not what its hash says.`;
	}
	return undefined;
}

async function keepInlineOutputs(
	{ blobs }: Services,
	outputs: Report["outputs"],
): Promise<void> {
	for (const { inline } of outputs)
		if (inline !== undefined) await blobs.put(Buffer.from(inline, "base64"));
}

function endingOf(
	task: TaskOfDevice,
	report: Report,
	checkpoint: TaskEnding["checkpoint"],
	now: Date,
): TaskEnding {
	const succeeded = report.outcome === "succeeded";
	// What was done up to a checkpoint is worth something when another task goes on from it.
	const claims = succeeded || checkpoint !== null;
	const outputs = succeeded
		? report.outputs.map(({ path, sha256, bytes }) => ({ path, sha256, bytes }))
		: [];
	return {
		exitCode: report.exitCode ?? null,
		errorCode: report.errorCode ?? null,
		errorDetail: report.errorDetail ? storableText(report.errorDetail) : null,
		runSeconds: report.runSeconds,
		cpuSeconds: report.cpuSeconds,
		outputDigest: succeeded ? digestOutputs(outputs) : null,
		claimedCredit: claims ? claimOf(task, report, now) : null,
		outputs,
		checkpoint,
		stdout: {
			text: storableText(report.stdout.text),
			bytes: report.stdout.bytes,
		},
		stderr: {
			text: storableText(report.stderr.text),
			bytes: report.stderr.bytes,
		},
	};
}

function claimOf(task: TaskOfDevice, report: Report, now: Date): number {
	return claimCredit({
		cpuSeconds: report.cpuSeconds,
		cores: task.cores ?? 1,
		turnaroundSeconds: task.leasedAt
			? (now.getTime() - task.leasedAt.getTime()) / 1000
			: 0,
		floatOpsPerSecond: task.floatOpsPerSecond ?? 0,
		estimatedOperations: task.estimatedOperations,
	});
}
