import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { openDocker } from "../../agent/engine/docker-calls.ts";
import { LABEL } from "../../agent/engine/our-labels.ts";
import { isProcessRunning } from "../../server/database/is-process-running.ts";
import { createEnrolmentCode } from "../../server/devices/enrolment/enrol-device.ts";
import type { BrowserPortal, Person } from "./browser-portal.ts";
import { until } from "./until.ts";

const run = promisify(execFile);
const bundle = join(import.meta.dirname, "..", "..", "dist", "lull-agent.mjs");

/** A real agent on the real engine, in a process and with a state folder of its own. */
export interface EnrolledAgent {
	/** Waits for its end, and takes what it may have left off the engine. */
	stop(): Promise<void>;
}

/**
 * Enrolls a device for its owner and runs the agent that the portal hands out. It lends one core whatever else the
 * machine does, since what runs the tests is busy.
 */
export async function startAgent(
	portal: Pick<BrowserPortal, "db" | "url" | "folder">,
	owner: Pick<Person, "id">,
	name: string,
	engine: string,
	variables: Record<string, string> = {},
): Promise<EnrolledAgent> {
	const now = new Date();
	const { code } = await createEnrolmentCode(portal.db, owner.id, {}, now);
	const state = join(portal.folder, `agent-${code}`);
	const env = { ...agentEnvironment(engine), ...variables };
	await run(
		process.execPath,
		[
			...[bundle, "enroll", "--state", state, "--server", portal.url],
			...["--code", code, "--name", name],
		],
		{ env },
	);
	const child = spawn(process.execPath, [bundle, "run", "--state", state], {
		env,
		stdio: "ignore",
	});
	return {
		async stop() {
			await ended(child);
			await removeContainers(engine, state);
		},
	};
}

/** What an agent of a test is told by its surroundings. */
export const agentEnvironment = (engine: string): NodeJS.ProcessEnv => ({
	...process.env,
	DOCKER_HOST: engine,
	LULL_AGENT_CORES: "1",
	LULL_AGENT_MEMORY: "512M",
	LULL_AGENT_DISK: "1G",
	// However busy the machine is that the tests share, the owner is away.
	LULL_AGENT_DUTY_FILE: join(import.meta.dirname, "owner-away.duty"),
});

function ended(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null) return Promise.resolve();
	return new Promise((resolve) => {
		child.once("exit", () => resolve());
		child.kill("SIGTERM");
	});
}

/** Ends the agent that the install script has left running with this state folder. */
export async function endInstalledAgent(
	engine: string,
	state: string,
): Promise<void> {
	const text = await readFile(join(state, "agent.pid"), "utf8").catch(() => "");
	const pid = Number(text);
	if (pid > 0 && isProcessRunning(pid)) {
		process.kill(pid, "SIGTERM");
		await until("the agent has ended", async () => !isProcessRunning(pid));
	}
	await removeContainers(engine, state);
}

async function removeContainers(engine: string, state: string): Promise<void> {
	const identity = await readFile(join(state, "identity.json"), "utf8").catch(
		() => "",
	);
	if (!identity) return;
	const { deviceId } = JSON.parse(identity) as { deviceId: string };
	const docker = openDocker(engine);
	const containers = await docker.listContainers({
		all: true,
		filters: { label: [`${LABEL.device}=${deviceId}`] },
	});
	for (const { Id } of containers)
		await docker
			.getContainer(Id)
			.remove({ force: true, v: true })
			.catch(() => undefined);
}
