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

/** `npm run check`: types and lint of the whole project. */
tell("Checking types …");
const types = await run(commandOf("typescript", "tsc"), [
	"--noEmit",
	"-p",
	".",
]);
tell("Checking style …");
const style = await run(commandOf("@biomejs/biome", "biome"), [
	"ci",
	"--colors=off",
	".",
]);
process.exitCode = types || style;
