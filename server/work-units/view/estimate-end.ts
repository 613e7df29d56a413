export interface BatchPace {
	state: "open" | "done" | "cancelled";
	workUnits: number;
	/** Done, failed or cancelled. */
	ended: number;
	/** Work units that ended lately, and over how long that was looked at. */
	endedLately: number;
	latelySeconds: number;
	/** When the last one ended; null when none has. */
	lastEndedAt: Date | null;
	/** Tasks that devices work on, or whose results wait for a verdict. */
	tasksUnderWay: number;
}

/** Too few to say anything about the rest. */
const ENOUGH = 3;

/**
 * When a batch will be over if it goes on as it did lately; null when nothing can be said honestly: it is over, has
 * hardly begun, or stands still.
 */
export function estimateEnd(pace: BatchPace, now: Date): Date | null {
	const left = pace.workUnits - pace.ended;
	if (pace.state !== "open" || left <= 0) return null;
	if (pace.endedLately < ENOUGH || pace.latelySeconds <= 0) return null;
	if (!pace.lastEndedAt || pace.tasksUnderWay === 0) return null;
	const silentSeconds = (now.getTime() - pace.lastEndedAt.getTime()) / 1000;
	const seconds = Math.max(
		(left * pace.latelySeconds) / pace.endedLately,
		// What has kept quiet for a minute is hardly over in a second.
		silentSeconds,
	);
	const end = now.getTime() + seconds * 1000;
	return end <= 8.64e15 ? new Date(end) : null;
}
