import Docker from "dockerode";
import { AppError } from "../errors.ts";

/** The engine that builds, pulls and saves images for the portal. */
export type BuildEngine = Docker;

/** Stands on what we make on an engine, so that it can be found again and told from the owner's. */
export const BUILD_LABELS = { "org.lull.role": "build" };

const REPOSITORY = "lull-app-version";

/** The name that a version's image has on the engine while, and as long as, we want it there. */
export const imageTagOf = (appVersionId: string): string =>
	`${REPOSITORY}:${appVersionId}`;

/** @param address `unix:///path` or `tcp://host:port`; absent: DOCKER_HOST, or the usual socket */
export function openBuildEngine(address: string | undefined): BuildEngine {
	if (!address) return new Docker();
	const url = new URL(address);
	if (url.protocol === "unix:") return new Docker({ socketPath: url.pathname });
	return new Docker({
		protocol: url.protocol === "https:" ? "https" : "http",
		host: url.hostname,
		port: url.port || 2375,
	});
}

/** @throws AppError unavailable when the engine does not answer */
export async function demandEngine(engine: BuildEngine): Promise<void> {
	try {
		await engine.ping();
	} catch {
		throw new AppError(
			"unavailable",
			"The server has no container engine to make images with. Ask whoever runs it to start Docker.",
		);
	}
}

/** Takes our name off a version's image, and so the image away unless something else needs it. Gone already is fine. */
export async function removeImage(
	engine: BuildEngine,
	reference: string,
): Promise<void> {
	try {
		await engine.getImage(reference).remove();
	} catch (error) {
		const status = (error as { statusCode?: number }).statusCode;
		// 409: a container uses it; the image stays until that one is gone and the next sweep comes.
		if (status !== 404 && status !== 409) throw error;
	}
}

/** The versions whose images are on the engine under our name. */
export async function listImageVersions(
	engine: BuildEngine,
): Promise<string[]> {
	const images = await engine.listImages({
		filters: JSON.stringify({ reference: [`${REPOSITORY}:*`] }),
	});
	return images
		.flatMap((image) => image.RepoTags ?? [])
		.filter((tag) => tag.startsWith(`${REPOSITORY}:`))
		.map((tag) => tag.slice(REPOSITORY.length + 1));
}
