import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { connectTo } from "./base-image.ts";
import { ChildProgram } from "./child-program.ts";
import { demoFolder } from "./demo-folder.ts";
import { signIn } from "./demo-person.ts";
import { runCommand } from "./run-command.ts";

const agent = join(import.meta.dirname, "..", "dist", "lull-agent.mjs");
const deviceLabel = "org.lull.device";

const devices = [
	{ name: "Living-room computer", kind: "computer" },
	{ name: "UP2 board in the cellar", kind: "board" },
	{ name: "Home gateway", kind: "gateway" },
];

/** They share one machine, so none may promise all of it. */
const lent = ["--cores", "1", "--memory", "1G", "--disk", "4G"];

const stateFolderOf = (number: number) =>
	join(demoFolder, "agents", String(number));

/**
 * Starts an agent for each of the demo's owners, each with an identity and a
 * folder of its own. Those that are not enrolled yet are, with a code that their
 * owner asks for.
 */
export async function startDemoDevices(
	server: string,
	password: string,
	engine: string,
	signal: AbortSignal,
): Promise<ChildProgram[]> {
	const programs = devices.map(({ name }, index) =>
		agentOf(name, index + 1, engine),
	);
	await Promise.all(
		devices.map(async (device, index) => {
			if (await readDeviceId(index + 1)) return;
			await enroll(server, password, device, index + 1, engine, signal);
		}),
	);
	for (const program of programs) program.start();
	return programs;
}

function agentOf(name: string, number: number, engine: string): ChildProgram {
	return new ChildProgram({
		name: `The agent of “${name}”`,
		base: join(demoFolder, "run", `agent-${number}`),
		args: [agent, "run", "--state", stateFolderOf(number), ...lent],
		env: { DOCKER_HOST: engine },
	});
}

async function enroll(
	server: string,
	password: string,
	device: { name: string; kind: string },
	number: number,
	engine: string,
	signal: AbortSignal,
): Promise<void> {
	const owner = await signIn(server, password, "owner", signal, number - 1);
	const { code } = await owner.client.call(z.object({ code: z.string() }), {
		method: "POST",
		path: "/devices/enrolment-codes",
		body: device,
	});
	const args = ["--server", server, "--code", code, "--name", device.name];
	await runCommand(
		process.execPath,
		[agent, "enroll", "--state", stateFolderOf(number), ...args],
		{ env: { DOCKER_HOST: engine } },
	);
	await owner.signOut();
}

async function readDeviceId(number: number): Promise<string | undefined> {
	const file = join(stateFolderOf(number), "identity.json");
	const text = await readFile(file, "utf8").catch(() => undefined);
	if (text === undefined) return undefined;
	return z.object({ deviceId: z.string() }).parse(JSON.parse(text)).deviceId;
}

/** Removes what agents that were killed left on the engine. No agent of the demo runs any more. */
export async function removeDemoContainers(engine: string): Promise<void> {
	const docker = connectTo(engine);
	for (let number = 1; number <= devices.length; number++) {
		const deviceId = await readDeviceId(number);
		if (!deviceId) continue;
		const containers = await docker.listContainers({
			all: true,
			filters: { label: [`${deviceLabel}=${deviceId}`] },
		});
		for (const { Id } of containers) {
			await docker
				.getContainer(Id)
				.remove({ force: true, v: true })
				.catch(ignoreGone);
		}
	}
}

/** 404: gone already; 409: being removed by someone else. */
function ignoreGone(error: { statusCode?: number }): void {
	if (error.statusCode !== 404 && error.statusCode !== 409) throw error;
}
