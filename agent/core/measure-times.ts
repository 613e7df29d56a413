/** When a container ran, in Unix milliseconds by the machine's clock, and how many cores it might use. */
export interface ContainerTimes {
	startedAt: number | undefined;
	finishedAt: number | undefined;
	cores: number;
}

/** What was read last of a container's CPU time, and when. */
export interface CpuMark {
	seconds: number;
	at: number;
}

/**
 * How long a task ran, the time that it stood frozen not counted, and its CPU time. Pure.
 *
 * The kernel's count goes with the container, so the last reading is carried on at the pace until then, over the rest
 * of the run time; without any reading it counts as having used one core throughout (or all it had, if less). It never
 * used more than its cores for as long as it ran.
 *
 * @param container undefined when it is gone: then nothing is known of its times
 */
export function measureTimes(
	container: ContainerTimes | undefined,
	mark: CpuMark | undefined,
	frozenMs = 0,
): { runSeconds: number; cpuSeconds: number } {
	const { startedAt, finishedAt, cores = 1 } = container ?? {};
	if (
		startedAt === undefined ||
		finishedAt === undefined ||
		finishedAt < startedAt
	)
		return { runSeconds: 0, cpuSeconds: 0 };
	const runSeconds = Math.max(0, (finishedAt - startedAt - frozenMs) / 1000);
	const seenSeconds = mark ? (mark.at - startedAt) / 1000 : 0;
	const pace =
		mark && seenSeconds > 0
			? Math.min(mark.seconds / seenSeconds, cores)
			: Math.min(1, cores);
	const rest = Math.max(0, runSeconds - Math.max(0, seenSeconds));
	const cpuSeconds = (mark?.seconds ?? 0) + rest * pace;
	return { runSeconds, cpuSeconds: Math.min(cpuSeconds, runSeconds * cores) };
}
