import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { tell } from "./process/tell.ts";

const require = createRequire(import.meta.url);

/** The script that a package's command stands for. */
function commandOf(name: string, command: string): string {
	const manifest = require.resolve(`${name}/package.json`);
	const { bin } = require(manifest) as { bin: Record<string, string> };
	return join(dirname(manifest), bin[command] ?? "");
}

function run(script: string, args: string[]): Promise<number> {
	const child = spawn(process.execPath, [script, ...args], {
		stdio: "inherit",
	});
	return new Promise((resolve) =>
		child.once("close", (code) => resolve(code ?? 1)),
	);
}

const typecheck = (...more: string[]) =>
	run(commandOf("typescript", "tsc"), ["--noEmit", "-p", ".", ...more]);
const biome = (...words: string[]) =>
	run(commandOf("@biomejs/biome", "biome"), words);

/** `npm run check`: types and lint of the whole project; `npm run typecheck`, `lint` and `format`: one of it. */
async function main([what, ...more]: string[]): Promise<number> {
	switch (what) {
		case "typecheck":
			return typecheck(...more);
		case "lint":
			return biome("check", ".", ...more);
		case "format":
			return biome("check", "--write", ".", ...more);
		default: {
			tell("Checking types …");
			const types = await typecheck();
			tell("Checking style …");
			const style = await biome("ci", "--colors=off", ".");
			return types || style;
		}
	}
}

process.exitCode = await main(process.argv.slice(2));
