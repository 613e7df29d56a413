import { existsSync } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";

const ROOT = resolve(import.meta.dirname, "..");

/** Programs that people run away from this repository, each as one file that needs Node and nothing else. */
const PROGRAMS = [
	{ entry: "agent/main.ts", file: "lull-agent.mjs" },
	{ entry: "cli/main.ts", file: "lull.mjs" },
];

/**
 * dockerode brings an SSH client and gRPC along for ways of talking to an engine that we never use. Loading them would
 * take megabytes of a small device's memory, and some of it is native code that no single file can hold.
 */
const NEVER_USED = /^(ssh2|@grpc\/grpc-js|@grpc\/proto-loader|\.\/ssh)$/;

const withoutUnused: Plugin = {
	name: "without-unused",
	setup({ onResolve, onLoad }) {
		onResolve({ filter: NEVER_USED }, ({ path, importer }) =>
			/docker(ode|-modem)/.test(importer)
				? { path, namespace: "unused" }
				: undefined,
		);
		onLoad({ filter: /.*/, namespace: "unused" }, ({ path }) => ({
			contents: `module.exports = function unused() { throw new Error(${JSON.stringify(`${path} is not part of this program.`)}); };`,
			loader: "js",
		}));
	},
};

/**
 * Builds the programs that exist into a folder and answers their paths.
 * @param folder where to; `dist` in the project by default
 * @param only the file of the one program that is wanted
 */
export async function buildBundles(
	folder = join(ROOT, "dist"),
	only?: "lull-agent.mjs" | "lull.mjs",
): Promise<string[]> {
	await mkdir(folder, { recursive: true });
	const present = PROGRAMS.filter(
		({ entry, file }) =>
			existsSync(join(ROOT, entry)) && (!only || file === only),
	);
	return Promise.all(
		present.map(async ({ entry, file }) => {
			const outfile = join(folder, file);
			await build({
				entryPoints: [join(ROOT, entry)],
				outfile,
				absWorkingDir: ROOT,
				bundle: true,
				platform: "node",
				format: "esm",
				target: "node20.19",
				minify: true,
				legalComments: "none",
				plugins: [withoutUnused],
				// Some of what is bundled is CommonJS: it asks for Node's own modules by require, and for its own name.
				banner: {
					js: [
						"#!/usr/bin/env node",
						'import { createRequire as __createRequire } from "node:module";',
						'import { fileURLToPath as __fileURLToPath } from "node:url";',
						"const require = __createRequire(import.meta.url);",
						"const __filename = __fileURLToPath(import.meta.url);",
					].join("\n"),
				},
				logLevel: "warning",
			});
			await chmod(outfile, 0o755);
			return outfile;
		}),
	);
}

if (
	process.argv[1] &&
	import.meta.url === pathToFileURL(process.argv[1]).href
) {
	for (const path of await buildBundles()) console.log(`Built ${path}`);
}
