// The first step of every script of package.json, on a clone where nothing has been done before. So it uses what comes
// with Node only, in a form that old versions can still read far enough to be told so.
//
//   node setup/bootstrap.mjs demo [arguments]
//   node setup/bootstrap.mjs demo: "what it is for" [arguments]
//
// The second form is package.json's: `npm run` without a name prints each script as it is, and so says what it is for,
// in every shell. The sentence is for that list alone.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
/** What each script runs, in this process, and what that is told before anything else. */
const entries = {
	demo: ["setup/run-demo.ts"],
	test: ["setup/run-test.ts"],
	start: ["setup/run-start.ts"],
	setup: ["setup/run-setup.ts"],
	check: ["setup/run-check.ts"],
	typecheck: ["setup/run-check.ts", "typecheck"],
	lint: ["setup/run-check.ts", "lint"],
	format: ["setup/run-check.ts", "format"],
	generate: ["setup/generate-client.ts"],
	migration: ["setup/make-migration.ts"],
	openapi: ["setup/write-openapi.ts"],
	bundles: ["setup/build-bundles.ts"],
	bench: ["bench/run-bench.ts"],
	screenshots: ["setup/make-screenshots.ts"],
};

function readJson(file) {
	try {
		return JSON.parse(readFileSync(join(root, file), "utf8"));
	} catch {
		return undefined;
	}
}

function stop(sentence) {
	console.error(sentence);
	process.exit(1);
}

function checkNode() {
	const [major, minor] = process.versions.node.split(".").map(Number);
	if (major > 20 || (major === 20 && minor >= 19)) return;
	stop(
		`Lull needs Node 20.19 or newer, and this is Node ${process.versions.node}. Get a newer one from https://nodejs.org.`,
	);
}

/** npm notes what it has installed; that must cover what the lock file asks of this machine. */
function isInstalled() {
	const wanted = readJson("package-lock.json");
	const installed = readJson("node_modules/.package-lock.json");
	if (!installed) return false;
	return Object.entries(wanted.packages).every(
		([path, { version, optional, devOptional, peer }]) =>
			path === "" ||
			optional ||
			devOptional ||
			peer ||
			installed.packages[path]?.version === version,
	);
}

/** The npm that started us, else the one on the path. */
function runNpm(args) {
	const npm = process.env.npm_execpath;
	const [file, before] = npm?.endsWith(".js")
		? [process.execPath, [npm]]
		: ["npm", []];
	const child = spawn(file, [...before, ...args], {
		cwd: root,
		// Standard output is kept for results, such as the demo's JSON.
		stdio: ["ignore", 2, 2],
		shell: process.platform === "win32",
		env: { ...process.env, CHECKPOINT_DISABLE: "1" },
	});
	return new Promise((resolve) => {
		child.once("error", () => resolve(1));
		child.once("close", resolve);
	});
}

async function install() {
	if (isInstalled()) return;
	console.error("  Installing dependencies …");
	if (
		(await runNpm(["ci", "--include=dev", "--no-audit", "--no-fund"])) === 0
	) {
		return;
	}
	stop("The dependencies could not be installed: npm says why above.");
}

const [asked = "", ...rest] = process.argv.slice(2);
const command = asked.replace(/:$/, "");
if (!Object.hasOwn(entries, command)) {
	stop(`Usage: node setup/bootstrap.mjs ${Object.keys(entries).join(" | ")}`);
}
checkNode();
await install();
process.chdir(root);
process.env.NEXT_TELEMETRY_DISABLED = "1";
process.env.CHECKPOINT_DISABLE = "1";
// From here on it is as if the script's own file had been started, with what was asked for behind it.
const [file, ...said] = entries[command];
const entry = join(root, file);
const given = asked.endsWith(":") ? rest.slice(1) : rest;
process.argv = [process.argv[0], entry, ...said, ...given];
// In this same process, so that Ctrl-C and signals need no passing on.
const { register } = await import("tsx/esm/api");
register();
// What follows imports the client that this makes.
const { generateClient } = await import("./generate-client.ts");
await generateClient();
await import(pathToFileURL(entry).href);
