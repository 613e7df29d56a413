import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { parseConfig } from "../../server/config.ts";
import { createLogger } from "../../server/logger.ts";
import { loadSecrets } from "../../server/secrets.ts";
import { type RunningServer, startServer } from "../../server/start-server.ts";
import type { TestDatabase } from "./test-database.ts";

/** Starts the whole server without pages, on a port of its own and the file's own database; stopped after the file. */
export function testServer(
	database: TestDatabase,
	variables: Record<string, string> = {},
): () => RunningServer {
	let server: RunningServer | undefined;
	let folder: string | undefined;
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "lull-test-"));
		const config = parseConfig({
			PORT: "0",
			HOST: "127.0.0.1",
			DATABASE_URL: database.url,
			LULL_DATA: folder,
			// Tests that are about it turn it on.
			TRAINING_CPU_PERCENT: "0",
			...variables,
		});
		const secrets = await loadSecrets(folder, {});
		server = await startServer({
			config,
			secrets,
			log: createLogger("silent"),
			pages: "none",
		});
	});
	afterAll(async () => {
		await server?.stop();
		if (folder) await rm(folder, { recursive: true, force: true });
	});
	return () => {
		if (!server) throw new Error("The server is there inside tests only.");
		return server;
	};
}
