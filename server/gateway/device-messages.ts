import type { z } from "zod";
import type { AgentToServerEvents } from "../../agent/core/protocol.ts";
import { isDatabaseAway } from "../database/database-trouble.ts";
import type { Logger } from "../logger.ts";
import type { AgentSession } from "./agent-session.ts";

/** What a device says, on its way to whoever handles it. */
export interface DeviceMessages {
	/**
	 * Parses each message before anything sees it. What does not fit is answered with `onInvalid`; a failure of ours is
	 * answered with silence, since the agent says everything that matters again until it is acknowledged. While the
	 * database is away we hang up instead: then the agent comes back in seconds and does not wait for an answer. When it
	 * is only busy, or we are, we do not: ten thousand devices that come back would make it worse.
	 */
	on<S extends z.ZodType>(
		session: AgentSession,
		event: keyof AgentToServerEvents,
		schema: S,
		handle: (message: z.infer<S>) => Promise<unknown> | unknown,
		onInvalid?: unknown,
	): void;
	/** The connections that were heard since this was asked last. */
	takeHeard(): string[];
	/** They could not be noted: the next who asks is told of them too. */
	keepHeard(connectionIds: readonly string[]): void;
	/** Resolves when nothing is being handled. */
	settled(): Promise<void>;
}

export function createDeviceMessages(log: Logger): DeviceMessages {
	const heard = new Set<string>();
	const underWay = new Set<Promise<void>>();
	return {
		on(session, event, schema, handle, onInvalid) {
			const { deviceId, connectionId } = session;
			const take = async (message: unknown, answer: unknown): Promise<void> => {
				const respond =
					typeof answer === "function"
						? (answer as (value: unknown) => void)
						: () => undefined;
				const parsed = schema.safeParse(message);
				if (!parsed.success) {
					log.warn(
						{ deviceId, event, issues: parsed.error.issues.slice(0, 3) },
						"A device's message does not fit.",
					);
					return respond(onInvalid);
				}
				try {
					respond(await handle(parsed.data));
				} catch (error) {
					log.error(
						{ err: error, deviceId, event },
						"A device's message could not be handled.",
					);
					if (isDatabaseAway(error)) session.socket.disconnect(true);
				}
			};
			// socket.io cannot know which event a variable names; the schema checks what arrives.
			const socket = session.socket as unknown as {
				on(event: string, listener: (...args: unknown[]) => void): void;
			};
			socket.on(event, (message, answer) => {
				heard.add(connectionId);
				const handling = take(message, answer).finally(() =>
					underWay.delete(handling),
				);
				underWay.add(handling);
			});
		},
		takeHeard() {
			const connectionIds = [...heard];
			heard.clear();
			return connectionIds;
		},
		keepHeard(connectionIds) {
			for (const id of connectionIds) heard.add(id);
		},
		async settled() {
			while (underWay.size) await Promise.all(underWay);
		},
	};
}
