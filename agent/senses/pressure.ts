/** Microseconds since the machine started in which somebody waited (`some`) or nobody could go on (`full`). */
export interface Stall {
	some: number;
	full: number;
}

/** A file of /proc/pressure, or a cgroup's; undefined where the kernel does not count (CONFIG_PSI, before 4.20). */
export function parsePressure(text: string | undefined): Stall | undefined {
	const total = (kind: string) =>
		Number(new RegExp(`^${kind} .*total=(\\d+)`, "m").exec(text ?? "")?.[1]);
	const some = total("some");
	if (Number.isNaN(some)) return undefined;
	return { some, full: total("full") || 0 };
}

/** Percent of the time between two readings in which somebody waited. */
export function stallPercent(
	before: Stall | undefined,
	after: Stall | undefined,
	spanMs: number,
): number {
	if (!before || !after || spanMs <= 0) return 0;
	const waited = Math.max(0, after.some - before.some) / 1000;
	return Math.min(100, (100 * waited) / spanMs);
}
