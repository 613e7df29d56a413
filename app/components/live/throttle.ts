/**
 * Calls through at once, then at most once in `intervalMs`, and never before the last call has ended: however busy
 * the source and however slow the action, the action is done, and done once more after the last call that came too early.
 */
export function throttle(
	action: () => unknown,
	intervalMs: number,
): { call: () => void; cancel: () => void } {
	let resting = false;
	let again = false;
	let cancelled = false;
	const run = async () => {
		again = false;
		resting = true;
		const interval = new Promise((resolve) => setTimeout(resolve, intervalMs));
		// A failed action has told so itself; the next call tries again.
		await Promise.allSettled([interval, Promise.resolve(action())]);
		resting = false;
		if (again && !cancelled) void run();
	};
	return {
		call() {
			if (cancelled) return;
			if (resting) again = true;
			else void run();
		},
		cancel() {
			cancelled = true;
		},
	};
}
