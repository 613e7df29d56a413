import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import type {
	Disturbance,
	OwnerSigns,
} from "../../../agent/core/guard/judge-owner.ts";

/**
 * A tab of a browser is a device too, and decides what an agent decides: agent/core is bundled as for a page, and run
 * where there is nothing of Node's.
 */
const core = join(import.meta.dirname, "../../../agent/core");
const files = readdirSync(core, { recursive: true, encoding: "utf8" }).filter(
	(path) => path.endsWith(".ts"),
);

/** What pages have of what the language itself has not, as far as we use it. */
const pageGlobals = () => ({
	AbortController,
	clearTimeout,
	performance,
	setTimeout,
	URL,
});

describe("agent/core in a browser", () => {
	let bundle: string;
	let inputs: string[];

	beforeAll(async () => {
		// Whatever asks for a module of Node's does not get through this.
		const { outputFiles, metafile } = await build({
			stdin: {
				contents: files
					.map((path) => `export * from ${JSON.stringify(`./${path}`)};`)
					.join("\n"),
				resolveDir: core,
			},
			bundle: true,
			platform: "browser",
			format: "iife",
			globalName: "core",
			write: false,
			metafile: true,
			logLevel: "silent",
		});
		bundle = outputFiles[0]?.text ?? "";
		inputs = Object.keys(metafile.inputs);
	});

	it("brings along zod and nothing else", () => {
		const foreign = inputs.filter(
			(path) => !/^agent\/core\/|^node_modules\/zod\/|^<stdin>$/.test(path),
		);
		expect(foreign).toEqual([]);
	});

	it("decides there to step aside for its owner", () => {
		const page = createContext(pageGlobals());
		runInContext(bundle, page);
		const busy: OwnerSigns = {
			cpu: "burst",
			cpuPercent: 71,
			temperature: null,
			onBattery: false,
			onMetered: false,
			idleMs: undefined,
			program: undefined,
			container: undefined,
			ioStallPercent: 0,
			ownersIoBytesPerSecond: 0,
		};
		Object.assign(page, { busy });
		const aside: Disturbance & { sinceMs: number } = runInContext(
			`core.stepAside(
				core.WORKING,
				core.judgeOwner(busy, core.ownerRulesSchema.parse({}), false),
				1000,
			).aside`,
			page,
		);
		expect(aside).toMatchObject({ reason: "cpu", sinceMs: 1000 });
	});

	it("plans there what to do next", () => {
		const page = createContext(pageGlobals());
		runInContext(bundle, page);
		const steps = runInContext(
			`core.plan(
				{ tasks: new Map(), endings: new Map(), frozen: false, capacity: { cores: 1, memoryMiB: 64 } },
				{ tasks: new Map(), orphans: ["stray"], connected: true },
				new Date(0),
			)`,
			page,
		);
		expect(JSON.parse(JSON.stringify(steps))).toEqual([
			{ action: "removeOrphan", containerId: "stray" },
		]);
	});
});
