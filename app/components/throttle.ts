/** Calls through at once, then at most once in `intervalMs`; a call that came too early is made up for at its end. */
export function throttle(
	action: () => void,
	intervalMs: number,
): { call: () => void; cancel: () => void } {
	let timer: ReturnType<typeof setTimeout> | undefined;
	let again = false;
	const run = () => {
		again = false;
		action();
		timer = setTimeout(() => {
			timer = undefined;
			if (again) run();
		}, intervalMs);
	};
	return {
		call() {
			if (timer) again = true;
			else run();
		},
		cancel() {
			clearTimeout(timer);
			timer = undefined;
			again = false;
		},
	};
}
