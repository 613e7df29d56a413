import type { Ending } from "../core/plan.ts";
import { writeEnding } from "../state/stored-task.ts";
import { getApprovedTask } from "./approved-task.ts";
import { measureFolder } from "./output-files.ts";
import { RunningTask } from "./running-task.ts";
import type { TaskContext } from "./task-context.ts";

const CPU_EVERY_MS = 500;
/** Every so many CPU readings the output folder is measured: 2 s. */
const DISK_EVERY = 4;
/** A program that writes more than this to its log keeps the owner's engine busy. */
const LOG_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * Stays with a running container until it ends: follows its log and its progress, reads its CPU time, and ends it
 * when it takes more of the disk than was approved. After a restart it begins again and finds everything anew.
 */
export async function superviseTask(
	{ taskId, containerId }: { taskId: string; containerId: string },
	context: TaskContext,
	signal: AbortSignal,
): Promise<void> {
	const { approved } = await getApprovedTask(context, taskId);
	const folder = context.state.task(taskId);
	const limitBytes = approved.manifest.diskMiB * 1024 * 1024;
	const running = new RunningTask();
	context.running.set(taskId, running);
	const over = new AbortController();
	const stop = AbortSignal.any([signal, over.signal]);
	const following = context.engine
		.readLogs(containerId, { follow: true, signal: stop }, (stream, chunk) =>
			running.write(stream, chunk),
		)
		.catch(() => {}); // it is read again, whole, when the task is collected
	const checking = repeat(CPU_EVERY_MS, stop, async (round) => {
		await readCpu(containerId, running, context);
		if (running.logBytes > LOG_LIMIT_BYTES)
			return endTask("more than 64 MiB to its log");
		if (
			round % DISK_EVERY === 0 &&
			(await measureFolder(folder.output)) +
				(await measureFolder(folder.checkpoint)) >
				limitBytes
		)
			return endTask(
				`more to /output and /checkpoint than the ${approved.manifest.diskMiB} MiB that it may use`,
			);
	});
	const endTask = async (what: string) => {
		const ending: Ending = {
			outcome: "failed",
			errorCode: "diskLimit",
			errorDetail: `It wrote ${what}.`,
		};
		await writeEnding(folder, ending);
		// Before anything else, so that it writes no more.
		await context.engine.kill(containerId);
	};
	try {
		await context.engine.untilEnded(containerId, signal);
		// The log ends with the container; what is left of it comes at once.
		await following;
	} finally {
		over.abort();
		await Promise.all([following, checking]);
	}
}

async function readCpu(
	containerId: string,
	running: RunningTask,
	{ engine }: TaskContext,
): Promise<void> {
	const seconds = await engine.usage.cpuSeconds(containerId);
	// By the machine's clock, as the engine's times of start and end are.
	if (seconds !== undefined) running.cpu = { seconds, at: Date.now() };
}

/** Calls `work` again and again, never twice at a time, until the signal. */
function repeat(
	everyMs: number,
	signal: AbortSignal,
	work: (round: number) => Promise<void>,
): Promise<void> {
	return new Promise((resolve, reject) => {
		let timer: NodeJS.Timeout | undefined;
		let round = 0;
		const next = () => {
			if (signal.aborted) return resolve();
			work(round++).then(() => {
				timer = setTimeout(next, everyMs);
			}, reject);
		};
		signal.addEventListener("abort", () => {
			clearTimeout(timer);
			resolve();
		});
		next();
	});
}
