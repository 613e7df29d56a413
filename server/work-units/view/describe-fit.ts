import { z } from "zod";

const fitSchema = z.object({
	neededSeconds: z.number(),
	longestSeconds: z.number(),
	confidence: z.number(),
});

/** What would fit, in a sentence, when the tasks of a batch are too long for every forecast; nothing when they are not. */
export function describeFit(fit: unknown): string[] {
	const known = fitSchema.safeParse(fit);
	if (!known.success) return [];
	const { neededSeconds, longestSeconds, confidence } = known.data;
	const sure = `${Number((confidence * 100).toFixed(1))} %`;
	const longest =
		longestSeconds < 1
			? `No device is ${sure} sure to stay idle for any time now.`
			: `The longest that a device is ${sure} sure to finish now takes ${describeSeconds(longestSeconds)}.`;
	return [
		`A task takes about ${describeSeconds(neededSeconds)}. ${longest} Smaller work units or a lower confidence would fit sooner; otherwise it waits for a longer idle time.`,
	];
}

function describeSeconds(seconds: number): string {
	if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
	if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
	return `${Number((seconds / 3600).toFixed(1))} h`;
}
