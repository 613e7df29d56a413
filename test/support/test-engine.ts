import { baseImage, ensureBaseImage } from "../../setup/engine/base-image.ts";
import { engineNeeded } from "../../setup/engine/docker-engine.ts";
import { findEngine } from "../../setup/engine/find-engine.ts";
import { skipLoudly } from "./skip-loudly.ts";

/**
 * The address (as in DOCKER_HOST) of a real container engine that has
 * debian:bookworm-slim. Undefined where none answers, which says so loudly, or
 * fails when CI is set: `describe.skipIf(engine === undefined)("…")`.
 */
export async function findTestEngine(): Promise<string | undefined> {
	const address = await findEngine();
	if (!address) return skipLoudly(engineNeeded);
	try {
		await ensureBaseImage(address);
	} catch (error) {
		return skipLoudly(`No ${baseImage}: ${(error as Error).message}`);
	}
	return address;
}
