import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(import.meta.dirname, "..");
const generated = join(root, "server", "database", "generated");
const stamp = join(generated, ".made-from");

/**
 * Makes Prisma's client from prisma/schema.prisma, unless the one that is there
 * was made from the same schema by the same version.
 */
export async function generateClient(): Promise<void> {
	const source = await hashSource();
	if ((await readFile(stamp, "utf8").catch(() => "")) === source) return;
	await rm(generated, { recursive: true, force: true });
	await runPrisma();
	await mkdir(generated, { recursive: true });
	await writeFile(stamp, source);
}

async function hashSource(): Promise<string> {
	const require = createRequire(import.meta.url);
	const hash = createHash("sha256");
	hash.update(await readFile(join(root, "prisma", "schema.prisma")));
	hash.update(await readFile(require.resolve("prisma/package.json")));
	return hash.digest("hex");
}

/**
 * Generating a client that speaks through an adapter needs no engine. Prisma
 * looks for one all the same and would download it, so it is shown a file.
 */
async function runPrisma(): Promise<void> {
	const require = createRequire(import.meta.url);
	const folder = dirname(require.resolve("prisma/package.json"));
	const child = spawn(
		process.execPath,
		[join(folder, "build", "index.js"), "generate"],
		{
			cwd: root,
			env: {
				...process.env,
				PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
				PRISMA_HIDE_UPDATE_MESSAGE: "1",
				CHECKPOINT_DISABLE: "1",
			},
			stdio: ["ignore", "pipe", "pipe"],
		},
	);
	let output = "";
	for (const stream of [child.stdout, child.stderr]) {
		stream.on("data", (chunk: Buffer) => {
			output += chunk.toString();
		});
	}
	const code = await new Promise((resolve) => child.once("close", resolve));
	if (code !== 0) throw new Error(`prisma generate failed:\n${output}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await generateClient();
