/** What stands on everything of ours on an engine. It is our database there: what has lost its label is not ours. */
export const LABEL = {
	device: "org.lull.device",
	task: "org.lull.task",
	role: "org.lull.role",
} as const;
