import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createApiToken } from "../../server/accounts/tokens/create-api-token.ts";
import { buildBundles } from "../../setup/build-bundles.ts";
import { aResearcher } from "../support/factories.ts";
import { testDatabase } from "../support/test-database.ts";
import { testServer } from "../support/test-server.ts";

const database = testDatabase();
const server = testServer(database);

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "lull-single-file-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("is the one file that researchers download, and remembers who signed in", async () => {
	const { services, url } = server();
	const researcher = await aResearcher(database.db);
	const { secret } = await createApiToken(services, researcher, {
		name: "a test",
		scopes: ["read"],
	});
	const [program = ""] = await buildBundles(folder, "lull.mjs");
	const lull = (...argv: string[]) =>
		promisify(execFile)(process.execPath, [program, ...argv], {
			env: { ...process.env, XDG_CONFIG_HOME: folder, HOME: folder },
		});
	await lull("login", "--server", url, "--token", secret);
	const { stdout } = await lull("whoami");
	expect(stdout).toContain(researcher.name);
});
