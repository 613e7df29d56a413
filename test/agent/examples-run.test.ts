import { readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, inflateSync } from "node:zlib";
import type Docker from "dockerode";
import {
	afterAll,
	beforeAll,
	describe,
	expect,
	onTestFinished,
	test,
} from "vitest";
import type { Parameters } from "../../agent/core/protocol.ts";
import {
	compareWithPublished,
	parseCounts,
} from "../../examples/class-numbers/tally-class-numbers.ts";
import { parseScattering } from "../../examples/nanoparticle-scattering/plot-scattering.ts";
import { connectTo, ensureBaseImage } from "../../setup/engine/base-image.ts";
import {
	engineNeeded,
	joinDockerEngine,
} from "../../setup/engine/docker-engine.ts";
import { contentsAgree } from "../support/contents-agree.ts";
import {
	EXAMPLES,
	type ExampleName,
	exampleFile,
	readExampleFile,
	readExampleProject,
} from "../support/example-project.ts";
import {
	buildExample,
	type ExampleRun,
	runExample,
} from "../support/example-runner.ts";

const engine = await joinDockerEngine();
if (!engine && process.env.CI) throw new Error(engineNeeded);
if (!engine) console.warn(`SKIPPED: the examples are not run. ${engineNeeded}`);

describe.skipIf(!engine)("the examples in the agent's sandbox", () => {
	let docker: Docker;
	const images = new Map<ExampleName, string>();

	beforeAll(async () => {
		if (!engine) return;
		await ensureBaseImage(engine.address);
		docker = connectTo(engine.address);
		for (const name of EXAMPLES)
			images.set(name, await buildExample(docker, name));
	}, 300_000);
	afterAll(() => engine?.release());

	const run = (
		name: ExampleName,
		parameters: Parameters,
		environment?: string[],
	) =>
		runExample(docker, name, images.get(name) ?? "", parameters, environment);
	const scatter = (shape: string, shells: number, environment?: string[]) =>
		run(
			"nanoparticle-scattering",
			{ shape, shells: String(shells), from: "2.5", to: "3.0" },
			environment,
		);

	test("the class numbers of the first work unit are the expected ones, byte for byte", async () => {
		const result = await run("class-numbers", { start: "0", end: "20000" });
		expectSuccess(result);
		expectFiles(result, "class-numbers", "start-0", [
			"class-groups.csv",
			"class-numbers.csv",
		]);
	});

	test("the work unit with the largest discriminant of class number 98 finds it", async () => {
		const result = await run("class-numbers", {
			start: "2383700",
			end: "2383800",
		});
		expectSuccess(result);
		const found = parseCounts(textOf(result, "class-numbers.csv"));
		const published = parseCounts(
			readExampleFile("class-numbers", "expected", "watkins.csv"),
		);
		const largest = published.get("98");
		expect(found.get("98")).toEqual({ fields: 1, extreme: largest?.extreme });
		// Everything else of this range is beyond the table.
		expect([...found.keys()].filter((h) => Number(h) <= 100)).toEqual(["98"]);
		expect(compareWithPublished(found, published)).toHaveLength(100);
	});

	test("a work unit that makes no sense fails and leaves nothing", async () => {
		const backwards = await run("class-numbers", { start: "5", end: "5" });
		expect(backwards.exitCode).toBe(1);
		expect(backwards.log).toContain("START has to be less than END");
		const unknown = await scatter("teapot", 4);
		expect(unknown.exitCode).toBe(1);
		expect(unknown.log).toContain("SHAPE has to be");
		const outside = await run("asteroid-belt", { x: "16", y: "0" });
		expect(outside.exitCode).toBe(1);
		for (const { outputs } of [backwards, unknown, outside])
			expect(outputs.size).toBe(0);
	});

	test.each(["cuboctahedron", "icosahedron", "decahedron"])(
		"the scattering of a %s agrees with what was computed apart from the program",
		async (shape) => {
			const result = await scatter(shape, 4);
			expectSuccess(result);
			const expected = readExampleFile(
				"nanoparticle-scattering",
				"expected",
				`${shape}-4-2.5.csv`,
			);
			expect(agree(textOf(result, "scattering.csv"), expected)).toBe(true);
		},
	);

	test("the scattering of 13 atoms is that of its closed form", async () => {
		const points = parseScattering(
			textOf(await scatter("cuboctahedron", 1), "scattering.csv"),
		);
		expect(points).toHaveLength(25);
		for (const { q, intensity } of points)
			expect(intensity).toBeCloseTo(thirteenAtoms(q), 12);
	});

	test("another order of addition changes the last digits, and only those", async () => {
		const [fine, coarse] = await Promise.all(
			["128", "2048"].map(async (block) =>
				textOf(
					await scatter("icosahedron", 8, [`DEBYE_BLOCK=${block}`]),
					"scattering.csv",
				),
			),
		);
		expect(fine).not.toBe(coarse);
		expect(agree(fine ?? "", coarse ?? "")).toBe(true);
	});

	test("the tolerance does not let another shape pass for this one", async () => {
		const other = textOf(
			await scatter("icosahedron", 4),
			"scattering.csv",
		).replaceAll("icosahedron", "decahedron");
		const right = readExampleFile(
			"nanoparticle-scattering",
			"expected",
			"decahedron-4-2.5.csv",
		);
		expect(agree(other, right)).toBe(false);
	});

	test("a tile of the asteroid belt is the expected one, byte for byte, and a picture", async () => {
		const result = await run("asteroid-belt", { x: "3", y: "1" });
		expectSuccess(result);
		expectFiles(result, "asteroid-belt", "3-1", ["tile.csv", "tile.png"]);
		expectPicture(result.outputs.get("tile.png") ?? Buffer.alloc(0), 32, 32);
	});

	test("a tile that was interrupted goes on elsewhere and is the expected one all the same", async () => {
		const folder = await mkdtemp(join(tmpdir(), "lull-tile-"));
		onTestFinished(() => rm(folder, { recursive: true, force: true }));
		const runTile = (interrupted: boolean) =>
			runExample(
				docker,
				"asteroid-belt",
				images.get("asteroid-belt") ?? "",
				{ x: "3", y: "1" },
				[],
				{ folder, interrupted },
			);
		expect((await runTile(true)).exitCode).toBe(137);
		// The signs are for each device; the state is what travels.
		for (const sign of ["ready", "done"]) await rm(join(folder, sign));
		expect(await readdir(folder)).toEqual(["state"]);
		const result = await runTile(false);
		expectSuccess(result);
		expectFiles(result, "asteroid-belt", "3-1", ["tile.csv", "tile.png"]);
	});
});

const textOf = (result: ExampleRun, file: string) => {
	const content = result.outputs.get(file);
	if (!content) throw new Error(`No ${file}; the program said: ${result.log}`);
	return content.toString("utf8");
};

/** As the server will compare two devices' results. */
function agree(a: string, b: string): boolean {
	const { comparison } = readExampleProject("nanoparticle-scattering").app;
	if (comparison.kind !== "numeric") throw new Error("It has no tolerance.");
	return contentsAgree(a, b, comparison);
}

/** Exit code 0, and progress that rises to the end. */
function expectSuccess(result: ExampleRun) {
	expect(result.exitCode, result.log).toBe(0);
	const progress = [...result.log.matchAll(/^LULL_PROGRESS (\d\.\d+)$/gm)].map(
		([, value]) => Number(value),
	);
	expect(progress.length).toBeGreaterThan(5);
	expect(progress).toEqual(progress.toSorted((a, b) => a - b));
	expect(progress.at(-1)).toBeGreaterThanOrEqual(0.9);
	expect(progress.at(-1)).toBeLessThanOrEqual(1);
}

function expectFiles(
	result: ExampleRun,
	name: ExampleName,
	folder: string,
	files: string[],
) {
	expect([...result.outputs.keys()]).toEqual(files);
	for (const file of files) {
		const expected = readFileSync(exampleFile(name, "expected", folder, file));
		expect(result.outputs.get(file)?.equals(expected), file).toBe(true);
	}
}

/** Debye's equation for the central atom, its 12 neighbours and all their distances. */
function thirteenAtoms(q: number): number {
	const neighbour = 2.8837;
	const pairs = [
		[36, 1],
		[12, Math.SQRT2],
		[24, Math.sqrt(3)],
		[6, 2],
	] as const;
	return pairs.reduce((sum, [count, distance]) => {
		const phase = q * neighbour * distance;
		return sum + (2 / 13) * count * (Math.sin(phase) / phase);
	}, 1);
}

/** A PNG of this size whose checksums are right and whose pixels are all there. */
function expectPicture(png: Buffer, width: number, height: number) {
	expect(png.toString("latin1", 0, 8)).toBe("\x89PNG\r\n\x1a\n");
	const chunks = new Map<string, Buffer>();
	for (let at = 8; at < png.length; ) {
		const length = png.readUInt32BE(at);
		const body = png.subarray(at + 4, at + 8 + length);
		expect(png.readUInt32BE(at + 8 + length)).toBe(crc32(body));
		chunks.set(body.toString("latin1", 0, 4), body.subarray(4));
		at += 12 + length;
	}
	expect([...chunks.keys()]).toEqual(["IHDR", "IDAT", "IEND"]);
	expect(chunks.get("IHDR")?.readUInt32BE(0)).toBe(width);
	expect(chunks.get("IHDR")?.readUInt32BE(4)).toBe(height);
	expect(inflateSync(chunks.get("IDAT") ?? Buffer.alloc(0))).toHaveLength(
		height * (3 * width + 1),
	);
}
