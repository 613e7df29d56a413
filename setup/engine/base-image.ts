import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Docker from "dockerode";
import {
	canInstallDebianPackages,
	installDebianPackages,
} from "../process/debian-packages.ts";
import { runCommand } from "../process/run-command.ts";
import { tell } from "../process/tell.ts";

/** What the examples' Dockerfiles begin with. */
export const baseImage = "debian:bookworm-slim";
const repository = "debian";
const tag = "bookworm-slim";
const madeHereLabel = "org.lull.base-image";
/** A registry that says nothing for so long is taken to be out of reach. */
const pullSilenceMs = 20_000;

export type BaseImage = {
	/**
	 * No registry answered, so it was made here. Then the engine's own network
	 * most likely leads nowhere either, and builds should use the machine's.
	 */
	madeHere: boolean;
};

/**
 * Sees to it that the engine has the base image: it is there, or pulled, or made
 * from Debian's packages. Throws one sentence when none of that can be done.
 */
export async function ensureBaseImage(address: string): Promise<BaseImage> {
	const docker = connectTo(address);
	const present = await inspect(docker);
	if (present) return present;
	tell(`Pulling ${baseImage} …`);
	try {
		await pull(docker);
		return { madeHere: false };
	} catch (error) {
		if (!canInstallDebianPackages()) {
			throw new Error(
				`${baseImage} could not be pulled (${(error as Error).message}). Check that the container engine reaches the internet.`,
			);
		}
		tell("No registry answers; making the image from Debian's packages …");
		await makeFromPackages(docker);
		return { madeHere: true };
	}
}

export function connectTo(address: string): Docker {
	const url = new URL(address.replace(/^tcp:/, "http:"));
	if (url.protocol === "unix:") return new Docker({ socketPath: url.pathname });
	return new Docker({
		protocol: "http",
		host: url.hostname,
		port: url.port || 2375,
	});
}

async function inspect(docker: Docker): Promise<BaseImage | undefined> {
	try {
		const { Config } = await docker.getImage(baseImage).inspect();
		return { madeHere: Config.Labels?.[madeHereLabel] !== undefined };
	} catch (error) {
		if ((error as { statusCode?: number }).statusCode === 404) return undefined;
		throw error;
	}
}

async function pull(docker: Docker): Promise<void> {
	const silence = new AbortController();
	let timer = setTimeout(() => silence.abort(), pullSilenceMs);
	try {
		const stream = await docker.pull(baseImage, {
			abortSignal: silence.signal,
		});
		await new Promise<void>((resolve, reject) => {
			silence.signal.addEventListener("abort", () =>
				reject(new Error("the registry does not answer")),
			);
			docker.modem.followProgress(
				stream,
				(error) => (error ? reject(error) : resolve()),
				() => {
					clearTimeout(timer);
					timer = setTimeout(() => silence.abort(), pullSilenceMs);
				},
			);
		});
	} finally {
		clearTimeout(timer);
	}
}

/** About a minute. What the slim image of the registry leaves out is left out here too. */
async function makeFromPackages(docker: Docker): Promise<void> {
	if (!existsSync("/usr/sbin/debootstrap")) {
		await installDebianPackages(["debootstrap"]);
	}
	const folder = await mkdtemp(join(tmpdir(), "lull-base-image-"));
	const root = join(folder, "root");
	try {
		await mkdir(root);
		await runCommand("debootstrap", ["--variant=minbase", "bookworm", root]);
		for (const part of [
			"var/cache/apt",
			"var/lib/apt/lists",
			"usr/share/doc",
			"usr/share/man",
			"usr/share/locale",
			"usr/share/info",
		]) {
			await rm(join(root, part), { recursive: true, force: true });
		}
		await mkdir(join(root, "var/cache/apt/archives/partial"), {
			recursive: true,
		});
		await mkdir(join(root, "var/lib/apt/lists/partial"), { recursive: true });
		await importFolder(docker, root);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

async function importFolder(docker: Docker, root: string): Promise<void> {
	const tar = spawn("tar", ["-C", root, "--numeric-owner", "-c", "."], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	const stream = await docker.importImage(tar.stdout, {
		repo: repository,
		tag,
		changes: [`CMD ["bash"]`, `LABEL ${madeHereLabel}=made-here`],
	});
	await new Promise<void>((resolve, reject) => {
		docker.modem.followProgress(stream, (error) =>
			error ? reject(error) : resolve(),
		);
	});
}
