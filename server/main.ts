import { ConfigError, loadConfig } from "./config.ts";
import { createLogger } from "./logger.ts";
import { loadSecrets } from "./secrets.ts";
import { startServer } from "./start-server.ts";

/** The portal as a process: configuration in, one line out when it is ready, everything stopped at SIGTERM or SIGINT. */
async function main(): Promise<void> {
	const config = loadConfig();
	const log = createLogger(config.logLevel);
	const secrets = await loadSecrets(config.dataFolder, process.env);
	const server = await startServer({
		config,
		secrets,
		log,
		pages: process.env.LULL_DEV ? "dev" : "built",
	});
	log.info({ url: config.publicUrl }, "Lull is ready.");
	if (server.firstAdminAddress)
		process.stdout.write(
			`\nNobody runs this Lull yet. Make the first super admin here:\n  ${server.firstAdminAddress}\n\n`,
		);
	process.send?.({ ready: true, url: server.url });

	let stopping = false;
	for (const signal of ["SIGTERM", "SIGINT"] as const)
		process.on(signal, () => {
			// A second one means it.
			if (stopping) process.exit(1);
			stopping = true;
			log.info({ signal }, "Stopping.");
			void server.stop().then(() => process.exit(0));
		});
}

main().catch((error: unknown) => {
	process.stderr.write(
		error instanceof ConfigError
			? `${error.message}\n`
			: `Lull could not start: ${(error as Error).stack}\n`,
	);
	process.exit(1);
});
