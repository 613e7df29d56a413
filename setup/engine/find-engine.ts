import { request } from "node:http";
import { homedir } from "node:os";
import { join } from "node:path";

const pingTimeoutMs = 3000;

/**
 * The address (as in DOCKER_HOST) of a container engine that answers, or
 * undefined. What DOCKER_HOST says is the only one that is asked if it is set.
 */
export async function findEngine(): Promise<string | undefined> {
	const set = process.env.DOCKER_HOST;
	const candidates = set ? [set] : usualAddresses();
	for (const address of candidates) {
		if (await engineAnswers(address)) return address;
	}
	return undefined;
}

/** Docker as root, rootless, Docker Desktop, Colima, and Podman, in this order. */
function usualAddresses(): string[] {
	const home = homedir();
	const runtime =
		process.env.XDG_RUNTIME_DIR ?? `/run/user/${process.getuid?.() ?? 0}`;
	return [
		"/var/run/docker.sock",
		join(runtime, "docker.sock"),
		join(home, ".docker/run/docker.sock"),
		join(home, ".docker/desktop/docker.sock"),
		join(home, ".colima/default/docker.sock"),
		join(runtime, "podman/podman.sock"),
		"/run/podman/podman.sock",
	].map((path) => `unix://${path}`);
}

export function engineAnswers(address: string): Promise<boolean> {
	const url = new URL(address.replace(/^tcp:/, "http:"));
	const where =
		url.protocol === "unix:"
			? { socketPath: url.pathname }
			: { host: url.hostname, port: url.port || 2375 };
	return new Promise((resolve) => {
		const ping = request(
			{ ...where, path: "/_ping", timeout: pingTimeoutMs },
			(response) => {
				response.resume();
				resolve(response.statusCode === 200);
			},
		);
		ping.once("error", () => resolve(false));
		ping.once("timeout", () => ping.destroy());
		ping.end();
	});
}
