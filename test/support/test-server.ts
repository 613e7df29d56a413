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
	const processes = testProcesses(database, [variables]);
	return () => {
		const [server] = processes();
		if (!server) throw new Error("There is one process.");
		return server;
	};
}

/**
 * The same as several processes that share the database, the blobs and the secrets, each with its own variables: here in
 * one process of the machine, but with nothing in common that they could not have on two.
 */
export function testProcesses(
	database: TestDatabase,
	variables: readonly Record<string, string>[],
): () => RunningServer[] {
	const servers: RunningServer[] = [];
	let folder: string | undefined;
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "lull-test-"));
		for (const own of variables) {
			const config = parseConfig({
				PORT: "0",
				HOST: "127.0.0.1",
				DATABASE_URL: database.url,
				LULL_DATA: folder,
				// Tests that are about it turn it on.
				TRAINING_CPU_PERCENT: "0",
				...own,
			});
			servers.push(
				await startServer({
					config,
					secrets: await loadSecrets(folder, {}),
					log: createLogger("silent"),
					pages: "none",
				}),
			);
		}
	});
	afterAll(async () => {
		for (const server of servers) await server.stop();
		if (folder) await rm(folder, { recursive: true, force: true });
	});
	return () => {
		if (servers.length === 0)
			throw new Error("The server is there inside tests only.");
		return servers;
	};
}
