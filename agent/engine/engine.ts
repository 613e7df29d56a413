import Docker from "dockerode";
import { AgentError, sentenceOf } from "../core/agent-error.ts";

/** What stands on everything of ours on an engine. */
export const LABEL = {
	device: "org.lull.device",
	task: "org.lull.task",
	role: "org.lull.role",
} as const;

export type Engine = Docker;

/**
 * A connection to the container engine.
 * @param address `unix:///path`, `tcp://host:port`; absent: DOCKER_HOST, or the usual socket
 */
export function openEngine(address?: string): Engine {
	if (!address) return new Docker();
	const url = new URL(address);
	return url.protocol === "unix:"
		? new Docker({ socketPath: url.pathname })
		: new Docker({
				protocol: url.protocol === "https:" ? "https" : "http",
				host: url.hostname,
				port: url.port || 2375,
			});
}

/** @throws AgentError `engine` when it does not answer */
export async function checkEngine(engine: Engine): Promise<void> {
	try {
		await engine.ping();
	} catch (error) {
		throw new AgentError(
			"engine",
			`The container engine does not answer (${sentenceOf(error)}). Start Docker, or say where it listens with --engine.`,
		);
	}
}

/** The engine's answer to a call that failed: 404, 409 and 304 are answers, not errors. */
export function engineStatus(error: unknown): number | undefined {
	return (error as { statusCode?: number } | undefined)?.statusCode;
}

/** The result, or undefined when the engine answered with one of these codes. */
export async function unlessStatus<T>(
	call: Promise<T>,
	...codes: number[]
): Promise<T | undefined> {
	return call.catch((error: unknown) => {
		if (codes.includes(engineStatus(error) ?? 0)) return undefined;
		throw error;
	});
}

/** Stops at once and removes a container with its anonymous volumes. That it is gone already is fine. */
export async function destroyContainer(
	engine: Engine,
	containerId: string,
): Promise<void> {
	// 409: somebody removes it at this very moment.
	await unlessStatus(
		engine.getContainer(containerId).remove({ force: true, v: true }),
		404,
		409,
	);
}
