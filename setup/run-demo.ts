import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readProjectDefinition } from "../cli/definition/read-definition.ts";
import { stopAbandonedDatabase } from "../server/database/embedded-database.ts";
import { buildBundles } from "./build-bundles.ts";
import { openDemoBatch } from "./demo/demo-batch.ts";
import { removeDemoContainers, startDemoDevices } from "./demo/demo-devices.ts";
import {
	demoFolder,
	emptyDemoFolder,
	readDemoPassword,
} from "./demo/demo-folder.ts";
import {
	type DemoOptions,
	demoUsage,
	parseDemoOptions,
} from "./demo/demo-options.ts";
import { type DemoPerson, signIn } from "./demo/demo-person.ts";
import { describeAccounts, startDemoPortal } from "./demo/demo-portal.ts";
import {
	type DemoResult,
	progressOf,
	readDemoBatch,
	resultOf,
} from "./demo/demo-result.ts";
import { ensureBaseImage } from "./engine/base-image.ts";
import {
	type DockerEngine,
	engineNeeded,
	joinDockerEngine,
} from "./engine/docker-engine.ts";
import { buildPages } from "./pages/build-pages.ts";
import {
	type ChildProgram,
	endProgramsLeftBehind,
} from "./process/child-program.ts";
import { ProgressBar } from "./process/show-progress.ts";
import { tell } from "./process/tell.ts";

const pollMs = 500;

/** Since the command began, installing included: npm's own start aside. */
const secondsSoFar = () => Math.round(performance.now() / 100) / 10;

/**
 * `npm run demo`: the whole network on one machine. Everything that is started
 * is put on `stops` as soon as it is, and stopped in reverse, however this ends.
 */
async function runDemo(
	options: DemoOptions,
	stops: (() => Promise<unknown>)[],
	signal: AbortSignal,
): Promise<DemoResult | undefined> {
	const definition = await readProjectDefinition(options.example);
	const engine = await prepare(options, stops);
	signal.throwIfAborted();
	const password = await readDemoPassword();
	tell("Starting the portal …");
	stops.push(() => stopAbandonedDatabase(join(demoFolder, "postgres")));
	const portal = await startDemoPortal(password, engine);
	stops.push(() => portal.program.stop());
	signal.throwIfAborted();

	const role = (name: "researcher" | "admin") =>
		signIn(portal.url, password, name, signal);
	const [researcher, admin] = await Promise.all([
		role("researcher"),
		role("admin"),
	]);
	stops.push(
		() => forget(researcher),
		() => forget(admin),
	);

	stops.push(() => removeDemoContainers(engine.address));
	const devices = await startDemoDevices(
		portal.url,
		password,
		engine.address,
		signal,
	);
	stops.push(() => devices.stop());
	console.error(welcome(portal.url, password, definition.name));

	const { batchId, isNew } = await openDemoBatch(
		researcher,
		admin,
		options.example,
	);
	if (!isNew) tell("The batch of the last demo goes on.");
	console.error(`    ${portal.url}/batches/${batchId}\n`);
	const result = await Promise.race([
		follow(researcher, batchId, signal),
		...[portal.program, ...devices.programs].map(
			(program: ChildProgram) => program.failed,
		),
	]);
	if (!options.exitWhenDone) await stay(portal.url, signal);
	return result;
}

type ReadyEngine = { address: string; buildNetwork: "default" | "host" };

async function prepare(
	options: DemoOptions,
	stops: (() => Promise<unknown>)[],
): Promise<ReadyEngine> {
	const engine: DockerEngine | undefined = await joinDockerEngine();
	if (!engine) throw new Error(engineNeeded);
	stops.push(() => engine.release());
	await endProgramsLeftBehind(join(demoFolder, "run"));
	if (options.fresh) {
		await removeDemoContainers(engine.address);
		await stopAbandonedDatabase(join(demoFolder, "postgres"));
		await emptyDemoFolder();
	}
	const [image] = await Promise.all([
		ensureBaseImage(engine.address),
		buildPages(),
		buildBundles(),
	]);
	const isolated = engine.isOurs || image.madeHere;
	return {
		address: engine.address,
		buildNetwork: isolated ? "host" : "default",
	};
}

const welcome = (url: string, password: string, project: string) => `
  Lull runs at ${url}

${describeAccounts(password)}

  Three devices of three owners compute for “${project}”. What the owners do
  with them is played; when one is busy, its tasks stand still.
  Watch them: Ctrl-C ends everything.`;

async function follow(
	{ client }: DemoPerson,
	batchId: string,
	signal: AbortSignal,
): Promise<DemoResult> {
	const bar = new ProgressBar();
	let firstVerified: number | null = null;
	for (;;) {
		const batch = await readDemoBatch(client, batchId);
		if (batch.doneUnits > 0) firstVerified ??= secondsSoFar();
		const now = Date.now();
		bar.show(progressOf(batch, now), now);
		if (batch.state !== "open") {
			bar.end();
			return resultOf(batch, secondsSoFar(), firstVerified);
		}
		await sleep(pollMs, undefined, { signal });
	}
}

async function stay(url: string, signal: AbortSignal): Promise<void> {
	tell(`All done. Lull goes on running at ${url}; Ctrl-C ends it.`);
	await new Promise((resolve) =>
		signal.addEventListener("abort", resolve, { once: true }),
	);
}

/** A portal that is gone keeps no one from ending. */
const forget = (person: DemoPerson) => person.signOut().catch(() => undefined);

async function main(): Promise<number> {
	const options = parseDemoOptions(process.argv.slice(2));
	const interrupt = new AbortController();
	const stops: (() => Promise<unknown>)[] = [];
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
		process.on(signal, () => interrupt.abort());
	}
	let code = 0;
	let result: DemoResult | undefined;
	try {
		result = await runDemo(options, stops, interrupt.signal);
		if (result && result.done < result.workUnits) code = 1;
	} catch (error) {
		if (!interrupt.signal.aborted) {
			console.error(`\n${(error as Error).message}`);
			code = 1;
		}
	}
	if (stops.length > 0) tell("Stopping …");
	for (const stop of stops.reverse()) {
		await stop().catch((error: Error) => console.error(error.message));
	}
	if (options.json && result) console.log(JSON.stringify(result));
	return interrupt.signal.aborted && !result ? 130 : code;
}

try {
	process.exit(await main());
} catch (error) {
	console.error(`${(error as Error).message}\n\n${demoUsage}`);
	process.exit(2);
}
