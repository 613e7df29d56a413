import { existsSync } from "node:fs";
import { join } from "node:path";
import {
	canInstallDebianPackages,
	installDebianPackages,
} from "../process/debian-packages.ts";
import { tell } from "../process/tell.ts";
import { findEngine } from "./find-engine.ts";
import { OwnEngine } from "./own-engine.ts";

/** Beside the data folder and not in it, so that beginning anew keeps the images. */
const engineFolder = join(import.meta.dirname, "..", "..", ".lull-engine");

export type DockerEngine = {
	/** As in DOCKER_HOST. */
	address: string;
	isOurs: boolean;
	/** Stops the engine if we started it and nobody else uses it. */
	release(): Promise<void>;
};

/** What a person has to do who may not have it done for him. */
export const engineNeeded =
	"Lull runs work in containers, and no container engine answers that this user may use. Install Docker (https://docs.docker.com/engine/install) and start it, or set DOCKER_HOST.";

/**
 * An engine that answers: one that runs already, or, for root on Debian, one of
 * our own, installed if it must be. Undefined when neither is to be had.
 */
export async function joinDockerEngine(
	options: { find?: typeof findEngine; folder?: string } = {},
): Promise<DockerEngine | undefined> {
	const find = options.find ?? findEngine;
	const found = (await find()) ?? (await installEngine(find));
	if (found) {
		return { address: found, isOurs: false, release: async () => undefined };
	}
	if (!canStartEngine()) return undefined;
	const engine = new OwnEngine(options.folder ?? engineFolder);
	tell("Starting a Docker engine …");
	await engine.join();
	return {
		address: engine.address,
		isOurs: true,
		release: () => engine.leave(),
	};
}

/** The packages may start an engine by themselves, where services are managed. */
async function installEngine(
	find: typeof findEngine,
): Promise<string | undefined> {
	if (process.env.DOCKER_HOST || !canInstallDebianPackages()) return undefined;
	if (isOnPath("dockerd") && isOnPath("iptables")) return undefined;
	await installDebianPackages(["docker.io", "iptables"]);
	return find();
}

function canStartEngine(): boolean {
	return (
		process.platform === "linux" &&
		process.getuid?.() === 0 &&
		!process.env.DOCKER_HOST &&
		isOnPath("dockerd")
	);
}

function isOnPath(program: string): boolean {
	const folders = [
		...(process.env.PATH ?? "").split(":"),
		"/usr/sbin",
		"/sbin",
	];
	return folders.some((folder) => existsSync(join(folder, program)));
}
