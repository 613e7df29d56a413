import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parseConfig } from "../server/config.ts";
import { createLogger } from "../server/logger.ts";
import { loadSecrets } from "../server/secrets.ts";
import { startServer } from "../server/start-server.ts";
import { aBatch } from "../test/support/factories.ts";
import { ScriptedDevice } from "../test/support/scripted-device.ts";
import { until } from "../test/support/until.ts";

/**
 * How many tasks a second go the whole way: placed, leased, sent, reported with an output, compared, credited, all of
 * it durable. Devices are scripted and answer at once, so that the figure is the server's and not the devices'; server,
 * database and devices share this machine's cores, so a server of its own does better.
 *
 *   npm run bench -- dispatch-tasks [--units 2000] [--devices 50] [--cores 8] [--json]
 */
const { values } = parseArgs({
	options: {
		units: { type: "string", default: "2000" },
		devices: { type: "string", default: "50" },
		cores: { type: "string", default: "8" },
		json: { type: "boolean", default: false },
	},
});

async function main(): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), "lull-bench-"));
	const config = parseConfig({
		PORT: "0",
		HOST: "127.0.0.1",
		LULL_DATA: folder,
		TRAINING_CPU_PERCENT: "0",
	});
	const secrets = await loadSecrets(folder, {});
	const server = await startServer({
		config,
		secrets,
		log: createLogger("warn"),
		pages: "none",
	});
	const devices: ScriptedDevice[] = [];
	try {
		const { db } = server.services;
		const cores = Number(values.cores);
		for (let i = 0; i < Number(values.devices); i++)
			devices.push(
				await ScriptedDevice.connect(
					db,
					server.url,
					({ parameters }) => `${parameters.n}\n`,
					{
						offer: { cores, memoryMiB: cores * 1024, diskMiB: cores * 1024 },
					},
				),
			);
		const units = Number(values.units);
		const batch = await aBatch(db, { units });
		const begun = performance.now();
		await until(
			"the batch is done",
			async () =>
				(await db.batch.findUnique({ where: { id: batch.id } }))?.state ===
				"done",
			600_000,
		);
		const seconds = (performance.now() - begun) / 1000;
		const tasks = await db.task.count({
			where: { batchId: batch.id, state: "valid" },
		});
		const result = {
			units,
			devices: devices.length,
			tasks,
			seconds,
			tasksPerSecond: tasks / seconds,
			rssMiB: process.memoryUsage().rss / 2 ** 20,
		};
		console.log(values.json ? JSON.stringify(result) : result);
	} finally {
		for (const device of devices) device.close();
		await server.stop();
		await rm(folder, { recursive: true, force: true });
	}
}

await main();
