import type { WriteStream } from "node:tty";

export type ProgressFigures = {
	done: number;
	failed: number;
	workUnits: number;
	/** What is being computed at this moment. */
	runningTasks: number;
	creditGranted: number;
	/** Why nothing runs, when nothing does. */
	waitReason?: string | undefined;
	/** Undefined while it cannot be said honestly. */
	secondsLeft?: number | undefined;
};

const width = 30;
const silenceMs = 30_000;

/** One line of text: a bar, how many are done, and what goes on. */
export function progressLine(figures: ProgressFigures): string {
	const { done, failed, workUnits, runningTasks, creditGranted } = figures;
	const share = workUnits > 0 ? (done + failed) / workUnits : 0;
	const filled = Math.floor(share * width);
	const parts = [
		`${"█".repeat(filled)}${"░".repeat(width - filled)} ${done}/${workUnits} work units done`,
		failed > 0 ? `${failed} failed` : "",
		runningTasks === 0 && figures.waitReason
			? figures.waitReason
			: `${runningTasks} tasks running`,
		`${creditGranted.toFixed(1)} credit`,
		figures.secondsLeft === undefined || share === 1
			? ""
			: `about ${duration(figures.secondsLeft)} left`,
	];
	return parts.filter(Boolean).join(" · ");
}

function duration(seconds: number): string {
	if (seconds < 90) return `${Math.ceil(seconds)} s`;
	return `${Math.ceil(seconds / 60)} min`;
}

/** Redraws one line on a terminal; elsewhere writes a line for every tenth that is done, and twice a minute. */
export class ProgressBar {
	readonly #stream: WriteStream;
	#lastTenth = -1;
	#shownAt = 0;

	constructor(stream: WriteStream = process.stderr) {
		this.#stream = stream;
	}

	show(figures: ProgressFigures, now: number): void {
		const line = progressLine(figures);
		if (this.#stream.isTTY) {
			const room = Math.max(this.#stream.columns - 1, 20);
			this.#stream.write(`\r\x1b[2K${line.slice(0, room)}`);
			return;
		}
		const { done, failed, workUnits } = figures;
		const tenth = Math.floor(((done + failed) * 10) / Math.max(workUnits, 1));
		const isLate = now - this.#shownAt > silenceMs;
		if (tenth === this.#lastTenth && !isLate) return;
		this.#lastTenth = tenth;
		this.#shownAt = now;
		this.#stream.write(`${line}\n`);
	}

	/** Leaves the line as it is, so that what follows stands below it. */
	end(): void {
		if (this.#stream.isTTY) this.#stream.write("\n");
	}
}
