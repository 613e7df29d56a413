import { existsSync } from "node:fs";
import { chmod, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");

/** What leaves this project as a single file that any Node of our floor runs. */
const bundles = [
	{ entry: "agent/main.ts", file: "lull-agent.mjs" },
	{ entry: "cli/main.ts", file: "lull.mjs" },
];

/**
 * Parts of dockerode's dependencies that reach engines over SSH and build with
 * BuildKit. We do neither, and they are two thirds of a bundle's size and memory.
 */
const unused =
	/^(ssh2|@grpc\/grpc-js|@grpc\/proto-loader|protobufjs|cpu-features)$/;

const leaveOutUnused: Plugin = {
	name: "leave-out-unused",
	setup(builder) {
		builder.onResolve({ filter: unused }, ({ path }) => ({
			path,
			namespace: "unused",
		}));
		builder.onLoad({ filter: /.*/, namespace: "unused" }, ({ path }) => ({
			contents: `module.exports = new Proxy({}, { get(_, name) { if (name === "Client") return undefined; throw new Error("${path} is not part of this program"); } });`,
		}));
	},
};

/** Makes the agent and the researchers' command. A bundle that is being read goes on being the old one. */
export async function buildBundles(): Promise<void> {
	const { version } = JSON.parse(
		await readFile(join(root, "package.json"), "utf8"),
	) as { version: string };
	for (const { entry, file } of bundles) {
		if (!existsSync(join(root, entry))) continue;
		const draft = join(dist, `${file}.${process.pid}`);
		await build({
			entryPoints: [join(root, entry)],
			outfile: draft,
			bundle: true,
			platform: "node",
			target: "node20.19",
			format: "esm",
			minifySyntax: true,
			minifyWhitespace: true,
			legalComments: "none",
			logLevel: "error",
			external: ["*.node"],
			plugins: [leaveOutUnused],
			// CommonJS inside an ES module looks for these.
			banner: {
				js: `#!/usr/bin/env node\n// Lull ${version}, Apache-2.0\nimport { createRequire as lullRequire } from "node:module"; const require = lullRequire(import.meta.url); const __filename = import.meta.filename; const __dirname = import.meta.dirname;`,
			},
		});
		await chmod(draft, 0o755);
		await rename(draft, join(dist, file));
	}
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildBundles();
