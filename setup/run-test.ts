import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import { browserNeeded, ensureChromium } from "./browser/chromium.ts";
import { buildBundles } from "./build-bundles.ts";
import { ensureBaseImage } from "./engine/base-image.ts";
import {
	type DockerEngine,
	engineNeeded,
	joinDockerEngine,
} from "./engine/docker-engine.ts";
import { buildPages } from "./pages/build-pages.ts";
import { tell } from "./process/tell.ts";

const root = join(import.meta.dirname, "..");

/** What vitest is told beside our choice of reporters, such as files or `--project unit`. */
const wanted = process.argv.slice(2);
/** What needs nothing but this repository, and what needs an engine, a browser and the built pages. */
const QUICK = ["--project=unit", "--project=integration"];
const WORLD = ["--project=agent", "--project=e2e", "--project=alone"];

/**
 * `npm test`: sets up what the tests need, runs them, and undoes what was
 * started. What cannot be had is a failure with CI set, otherwise a loud skip.
 * The quick tests run while the world for the others is prepared, which is mostly waiting.
 */
async function main(): Promise<Counts> {
	if (wanted.length > 0) return runAsked();
	const quick = runVitest(QUICK);
	try {
		const engine = await prepareWorld();
		try {
			// Tasks on the engine have the lowest weight: beside the quick tests they would not get to run.
			const counts = await quick;
			return add(await runVitest(WORLD, engine), counts);
		} finally {
			await engine?.release();
		}
	} finally {
		await quick;
	}
}

async function runAsked(): Promise<Counts> {
	const needsWorld = !wanted.some((word) =>
		/^(--project=|test\/)?(unit|integration)\b/.test(word),
	);
	const engine = needsWorld ? await prepareWorld() : undefined;
	try {
		return await runVitest(wanted, engine);
	} finally {
		await engine?.release();
	}
}

/** An engine with the base image, a browser, the built pages and the programs that are handed out. */
async function prepareWorld(): Promise<DockerEngine | undefined> {
	// Packages first and one after the other; then the two cores have work of their own each.
	const engine = await joinDockerEngine();
	if (!engine) missing(engineNeeded);
	if (!(await ensureChromium())) missing(browserNeeded);
	try {
		const [image] = await Promise.all([
			engine && ensureBaseImage(engine.address),
			buildPages(),
			buildBundles(),
		]);
		if (engine) process.env.DOCKER_HOST = engine.address;
		if (engine?.isOurs || image?.madeHere) process.env.BUILD_NETWORK = "host";
		return engine;
	} catch (error) {
		await engine?.release();
		throw error;
	}
}

function missing(sentence: string): void {
	if (process.env.CI) throw new Error(sentence);
	tell(`!!! ${sentence} Tests that need it are skipped.`);
}

interface Counts {
	passed: number;
	failed: number;
	skipped: number;
}

const add = (a: Counts, b: Counts): Counts => ({
	passed: a.passed + b.passed,
	failed: a.failed + b.failed,
	skipped: a.skipped + b.skipped,
});

async function runVitest(
	words: readonly string[],
	engine?: DockerEngine,
): Promise<Counts> {
	const require = createRequire(import.meta.url);
	const vitest = dirname(require.resolve("vitest/package.json"));
	const folder = await mkdtemp(join(tmpdir(), "lull-report-"));
	const report = join(folder, "report.json");
	const child = spawn(
		process.execPath,
		[
			join(vitest, "vitest.mjs"),
			"run",
			"--reporter=default",
			"--reporter=json",
			`--outputFile.json=${report}`,
			...words,
		],
		{
			cwd: root,
			stdio: "inherit",
			env: { ...process.env, ...(engine && { DOCKER_HOST: engine.address }) },
		},
	);
	// Ctrl-C reaches vitest by itself; we stay to clean up after it.
	process.on("SIGINT", () => undefined);
	process.on("SIGTERM", () => child.kill("SIGTERM"));
	const code = await new Promise<number | null>((resolve) =>
		child.once("close", resolve),
	);
	const counts = await readCounts(report, code);
	await rm(folder, { recursive: true, force: true });
	return counts;
}

const reportSchema = z.object({
	numPassedTests: z.number(),
	numFailedTests: z.number(),
	numPendingTests: z.number(),
	numTodoTests: z.number(),
});

/** A file that could not be loaded has no failed test in it, but has failed. */
async function readCounts(
	report: string,
	code: number | null,
): Promise<Counts> {
	const text = await readFile(report, "utf8").catch(() => "");
	const counts = text
		? reportSchema.parse(JSON.parse(text))
		: {
				numPassedTests: 0,
				numFailedTests: 0,
				numPendingTests: 0,
				numTodoTests: 0,
			};
	return {
		passed: counts.numPassedTests,
		failed: Math.max(counts.numFailedTests, code === 0 ? 0 : 1),
		skipped: counts.numPendingTests + counts.numTodoTests,
	};
}

try {
	const { passed, failed, skipped } = await main();
	console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
	process.exitCode = failed > 0 ? 1 : 0;
} catch (error) {
	console.error((error as Error).message);
	console.log("0 passed, 1 failed, 0 skipped");
	process.exitCode = 1;
}
