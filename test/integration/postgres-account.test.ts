import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { choosePostgresAccount } from "../../server/database/postgres-account.ts";
import { findPostgresBinaries } from "../../server/database/postgres-binaries.ts";

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;

// Only root may enter what mkdtemp makes for root, as below /root.
let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "lull-account-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function runAsDatabase(script: string, argument: string) {
	const { postgres } = await findPostgresBinaries();
	const cluster = join(folder, "cluster");
	const account = await choosePostgresAccount({ folder, cluster, postgres });
	const { file, args, options } = account.command(process.execPath, [
		"-e",
		script,
		argument,
	]);
	return run(file, args, { ...options, encoding: "utf8" } as object);
}

describe.skipIf(!isRoot)("when root starts the database", () => {
	test("it runs under another account", async () => {
		const { stdout } = await runAsDatabase(
			"console.log(process.getuid() + ' ' + process.geteuid())",
			"",
		);
		expect(stdout.trim()).not.toMatch(/\b0\b/);
	});

	test("it finds its files with access(2) below a folder that only root may enter", async () => {
		const file = join(folder, "binary");
		await writeFile(file, "");
		const checked = runAsDatabase(
			"require('fs').accessSync(process.argv[1], 4); console.log('found')",
			file,
		);
		await expect(checked).resolves.toMatchObject({ stdout: "found\n" });
	});

	test("it cannot write what is not its own", async () => {
		const file = join(folder, "file");
		await writeFile(file, "");
		const written = runAsDatabase(
			"require('fs').writeFileSync(process.argv[1], 'x')",
			file,
		);
		await expect(written).rejects.toThrow("EACCES");
	});
});
