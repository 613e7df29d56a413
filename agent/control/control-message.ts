import { open } from "node:fs/promises";
import { z } from "zod";
import { guardStatusSchema } from "../core/guard/guard-status.ts";
import type { StateFolder } from "../state/state-folder.ts";

/** What `lull-agent` asks a running agent; one line of JSON each way over agent.sock. */
export const controlRequestSchema = z.discriminatedUnion("command", [
	z.object({ command: z.literal("status") }),
	z.object({
		command: z.literal("pause"),
		until: z.iso.datetime().nullable(),
	}),
	z.object({ command: z.literal("resume") }),
	z.object({ command: z.literal("drain") }),
	/** Everything of ours is frozen, then removed, images too if wished; the device stays paused. */
	z.object({ command: z.literal("yoursNow"), images: z.boolean() }),
	/** The rules that were said at the device have changed on the disk. */
	z.object({ command: z.literal("rules") }),
	/** Gives back what runs and ends. */
	z.object({ command: z.literal("stop") }),
]);
export type ControlRequest = z.infer<typeof controlRequestSchema>;

export const agentStatusSchema = z.object({
	running: z.boolean(),
	deviceId: z.string(),
	name: z.string(),
	owner: z.string(),
	server: z.string(),
	version: z.string(),
	connected: z.boolean(),
	/** "working", "paused", "draining", "stopping" and why. */
	mode: z.string(),
	reason: z.string().optional(),
	pausedUntil: z.string().nullable(),
	offer: z
		.object({
			cores: z.number(),
			memoryMiB: z.number(),
			diskMiB: z.number(),
		})
		.optional(),
	/** Percent of the machine. */
	dutyCpu: z.number().optional(),
	oursCpu: z.number().optional(),
	residentMiB: z.number().optional(),
	guard: guardStatusSchema.optional(),
	tasks: z.array(
		z.object({
			taskId: z.string(),
			state: z.string(),
			progress: z.number(),
		}),
	),
});
export type AgentStatus = z.infer<typeof agentStatusSchema>;

/**
 * Where the agent listens, for as long as `work` takes. The path of a socket may have 107 characters and a state
 * folder's more, so it is named by way of the opened folder.
 */
export async function withSocketPath<T>(
	state: StateFolder,
	work: (path: string) => Promise<T>,
): Promise<T> {
	const folder = await open(state.path, "r");
	try {
		return await work(`/proc/self/fd/${folder.fd}/agent.sock`);
	} finally {
		await folder.close();
	}
}
