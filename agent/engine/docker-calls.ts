import Docker from "dockerode";

/**
 * A connection to Docker's API; nothing is sent yet.
 * @param address `unix:///path`, `tcp://host:port`; absent: DOCKER_HOST, or the usual socket
 */
export function openDocker(address?: string): Docker {
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

/**
 * The one way from the agent to Docker's API. What is true of all calls belongs here and nowhere else, and there are
 * two kinds of them: what is answered at once (`ask`), and what stays open for as long as something lasts (`hold`).
 *
 * Docker's answers by status: 304, 404 and 409 often mean that what was wanted is so already. Each call names those
 * that are answers to it; every other one is an error.
 */
export class DockerCalls {
	readonly #docker: Docker;

	constructor(docker: Docker) {
		this.#docker = docker;
	}

	/** @param answers statuses for which the result is undefined instead of an error */
	ask<T>(call: (docker: Docker) => Promise<T>): Promise<T>;
	ask<T>(
		call: (docker: Docker) => Promise<T>,
		...answers: number[]
	): Promise<T | undefined>;
	async ask<T>(
		call: (docker: Docker) => Promise<T>,
		...answers: number[]
	): Promise<T | undefined> {
		return unlessStatus(call(this.#docker), answers);
	}

	/** The same for a call that lasts: whoever makes it says in the call when it is to be cut off. */
	hold<T>(call: (docker: Docker) => Promise<T>): Promise<T>;
	hold<T>(
		call: (docker: Docker) => Promise<T>,
		...answers: number[]
	): Promise<T | undefined>;
	async hold<T>(
		call: (docker: Docker) => Promise<T>,
		...answers: number[]
	): Promise<T | undefined> {
		return unlessStatus(call(this.#docker), answers);
	}
}

/** Docker's status of a call that failed; undefined when it was never answered. */
export function dockerStatus(error: unknown): number | undefined {
	return (error as { statusCode?: number } | undefined)?.statusCode;
}

async function unlessStatus<T>(
	call: Promise<T>,
	answers: readonly number[],
): Promise<T | undefined> {
	return call.catch((error: unknown) => {
		if (answers.includes(dockerStatus(error) ?? 0)) return undefined;
		throw error;
	});
}
