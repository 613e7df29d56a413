import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { demoAccounts, seedDemoAccounts } from "../../prisma/seed.ts";
import { createDatabase } from "../../server/database/db.ts";
import { EmbeddedDatabase } from "../../server/database/embedded-database.ts";
import { migrateDatabase } from "../../server/database/migrate.ts";
import { createLogger } from "../../server/logger.ts";
import { loadSecrets } from "../../server/secrets.ts";
import { ChildProgram } from "../process/child-program.ts";
import { demoFolder } from "./demo-folder.ts";

const readyTimeoutMs = 120_000;

export type DemoPortal = {
	program: ChildProgram;
	/** How it is reached, without a slash at the end. */
	url: string;
};

/** Starts the portal on the demo's data, with the demo's accounts in it. Resolves when it is ready. */
export async function startDemoPortal(
	password: string,
	engine: { address: string; buildNetwork: "default" | "host" },
): Promise<DemoPortal> {
	const port = process.env.PORT || "3000";
	const url = `http://localhost:${port}`;
	const program = new ChildProgram({
		name: "The portal",
		base: join(demoFolder, "run", "portal"),
		args: ["--import", "tsx", join("server", "main.ts")],
		env: {
			NODE_ENV: "production",
			PORT: port,
			// Whoever wants other machines to reach it says so with HOST and PUBLIC_URL.
			HOST: process.env.HOST || "127.0.0.1",
			LULL_DATA: demoFolder,
			DATABASE_URL: "",
			DOCKER_HOST: engine.address,
			BUILD_NETWORK: engine.buildNetwork,
			LULL_LOG_LEVEL: process.env.LULL_LOG_LEVEL || "info",
		},
	});
	const database = await openSeeded(password);
	try {
		program.start();
		await Promise.race([whenReady(url), program.failed]);
	} catch (error) {
		await program.stop();
		throw error;
	} finally {
		// The portal uses it by now, and stops it when it stops.
		await database.stop();
	}
	return { program, url };
}

async function openSeeded(password: string): Promise<EmbeddedDatabase> {
	const logger = createLogger("error");
	const secrets = await loadSecrets(demoFolder, {});
	const embedded = await EmbeddedDatabase.start({
		folder: join(demoFolder, "postgres"),
		password: secrets.databasePassword,
		logger,
	});
	try {
		await migrateDatabase(embedded.url);
		const { db, close } = createDatabase({
			url: embedded.url,
			poolSize: 2,
			logger,
		});
		await seedDemoAccounts(db, password).finally(close);
		return embedded;
	} catch (error) {
		await embedded.stop();
		throw error;
	}
}

async function whenReady(url: string): Promise<void> {
	const deadline = Date.now() + readyTimeoutMs;
	while (Date.now() < deadline) {
		const answer = await fetch(`${url}/readyz`).catch(() => undefined);
		if (answer?.ok) return;
		await sleep(100);
	}
	throw new Error(`The portal at ${url} did not become ready.`);
}

/** One account of each role, for people to sign in with. */
export function describeAccounts(password: string): string {
	const roles = new Set<string>();
	const lines = demoAccounts
		.filter(({ role }) => roles.size < roles.add(role).size)
		.map(({ role, email }) => `    ${role.padEnd(12)} ${email}`);
	return [...lines, `    ${"password".padEnd(12)} ${password}`].join("\n");
}
