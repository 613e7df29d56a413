import type { ForecasterName } from "@/server/predictor/forecast/forecaster";

/** What people call each way of forecasting. */
export const FORECASTERS: Record<
	ForecasterName,
	{ label: string; description: string }
> = {
	gbrt: {
		label: "Boosted trees",
		description: "learned from all devices, with this one's own days",
	},
	logistic: {
		label: "Logistic regression",
		description: "learned from this device alone",
	},
	rhythm: {
		label: "Rhythm",
		description: "one tree on this device's hours and weekdays",
	},
	seasonal: {
		label: "Seven days",
		description: "how often the same time was idle on the last seven days",
	},
	yesterday: {
		label: "Yesterday",
		description: "the same time yesterday",
	},
	persistence: {
		label: "As it is now",
		description: "what is idle now stays so for a while",
	},
};
