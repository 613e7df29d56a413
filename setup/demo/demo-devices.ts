import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { DeviceKind } from "../../agent/core/protocol.ts";
import type { GeneratedKind } from "../../server/predictor/duty/generated-kinds.ts";
import { connectTo } from "../engine/base-image.ts";
import { ChildProgram } from "../process/child-program.ts";
import { runCommand } from "../process/run-command.ts";
import { DemoDuty } from "./demo-duty.ts";
import { demoFolder } from "./demo-folder.ts";
import { writeDemoHistory } from "./demo-history.ts";
import { signIn } from "./demo-person.ts";

const agent = join(import.meta.dirname, "..", "..", "dist", "lull-agent.mjs");
const deviceLabel = "org.lull.device";

/** `duty` and `seed`: what its owner is played to do with it. */
const devices: readonly {
	name: string;
	kind: DeviceKind;
	duty: GeneratedKind;
	seed: number;
}[] = [
	{
		name: "Entrance door terminal",
		kind: "accessControl",
		duty: "access",
		seed: 1,
	},
	{ name: "UP2 board in the cellar", kind: "board", duty: "board", seed: 2 },
	{ name: "Garden camera", kind: "camera", duty: "camera", seed: 3 },
];

/** They share one machine, so none may promise all of it. */
const lent = ["--cores", "1", "--memory", "1G", "--disk", "4G"];

const dutyFileOf = (number: number) => join(demoFolder, "duty", String(number));

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
): Promise<{ stop(): Promise<unknown>; programs: ChildProgram[] }> {
	const programs = devices.map(({ name }, index) =>
		agentOf(name, index + 1, engine),
	);
	await Promise.all(
		devices.map(async (device, index) => {
			if (await readDeviceId(index + 1)) return;
			await enroll(server, password, device, index + 1, engine, signal);
		}),
	);
	await writeDemoHistory(await listDutiful(), new Date());
	const owners = devices.map(
		({ duty, seed }, index) => new DemoDuty(dutyFileOf(index + 1), duty, seed),
	);
	await Promise.all(owners.map((owner) => owner.start()));
	for (const program of programs) program.start();
	return {
		programs,
		stop: async () => {
			await Promise.all(programs.map((program) => program.stop()));
			await Promise.all(owners.map((owner) => owner.stop()));
		},
	};
}

async function listDutiful() {
	const ids = await Promise.all(
		devices.map((_, index) => readDeviceId(index + 1)),
	);
	return devices.flatMap(({ duty, seed }, index) => {
		const deviceId = ids[index];
		return deviceId ? [{ deviceId, duty, seed }] : [];
	});
}

function agentOf(name: string, number: number, engine: string): ChildProgram {
	return new ChildProgram({
		name: `The agent of “${name}”`,
		base: join(demoFolder, "run", `agent-${number}`),
		args: [agent, "run", "--state", stateFolderOf(number), ...lent],
		env: {
			DOCKER_HOST: engine,
			LULL_AGENT_DUTY_FILE: dutyFileOf(number),
		},
	});
}

async function enroll(
	server: string,
	password: string,
	{ name, kind }: { name: string; kind: DeviceKind },
	number: number,
	engine: string,
	signal: AbortSignal,
): Promise<void> {
	const owner = await signIn(server, password, "owner", signal, number - 1);
	const { code } = await owner.client.call(z.object({ code: z.string() }), {
		method: "POST",
		path: "/devices/enrolment-codes",
		body: { name, kind },
	});
	const args = ["--server", server, "--code", code, "--name", name];
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
