import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { parseArgs } from "node:util";
import { parseConfig } from "../server/config.ts";
import { createLogger } from "../server/logger.ts";
import { loadSecrets } from "../server/secrets.ts";
import { type RunningServer, startServer } from "../server/start-server.ts";
import { createUpload } from "../server/storage/uploads/create-upload.ts";
import { markUploadStored } from "../server/storage/uploads/upload-store.ts";
import { cancelBatch } from "../server/work-units/batches/change-batch.ts";
import { submitBatch } from "../server/work-units/submit/submit-batch.ts";
import {
	anAppVersion,
	aProject,
	aResearcher,
} from "../test/support/factories.ts";
import { until } from "../test/support/until.ts";

/**
 * How long it takes to submit a batch from a CSV file, of how many rows, and how much memory the server needs on top
 * while it does. All or none, with two tasks for each work unit. Then how soon it is cancelled for everybody, and how long
 * it takes until the last of its work units is.
 *
 *   npm run bench -- submit-work-units [--units 100000] [--json]
 */
const { values } = parseArgs({
	options: {
		units: { type: "string", default: "100000" },
		json: { type: "boolean", default: false },
	},
});

const MIB = 1024 * 1024;

async function aRowsUpload(
	{ services }: RunningServer,
	userId: string,
	units: number,
): Promise<string> {
	const rows = function* () {
		yield "n,mode\n";
		for (let n = 0; n < units; n++) yield `${n},mode number ${n}\n`;
	};
	const { sha256, bytes } = await services.blobs.put(Readable.from(rows()));
	const { uploadId } = await createUpload(services, {
		purpose: "batchInput",
		userId,
		name: "rows.csv",
		bytes,
	});
	await markUploadStored(services.db, uploadId, sha256);
	return uploadId;
}

/** The most memory that this process had while the work ran, beyond what it had before. */
async function measure<T>(work: () => Promise<T>) {
	globalThis.gc?.();
	const before = process.memoryUsage.rss();
	let most = before;
	const watch = setInterval(() => {
		most = Math.max(most, process.memoryUsage.rss());
	}, 20);
	const begun = performance.now();
	try {
		const result = await work();
		const seconds = (performance.now() - begun) / 1000;
		return { result, seconds, memoryMiB: (most - before) / MIB };
	} finally {
		clearInterval(watch);
	}
}

async function main(): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), "lull-bench-"));
	const server = await startServer({
		config: parseConfig({ PORT: "0", HOST: "127.0.0.1", LULL_DATA: folder }),
		secrets: await loadSecrets(folder, {}),
		log: createLogger("error"),
		pages: "none",
	});
	try {
		const { db } = server.services;
		const units = Number(values.units);
		const researcher = await aResearcher(db);
		const project = await aProject(db, { ownerId: researcher.id });
		const version = await anAppVersion(db, { projectId: project.id });
		const uploadId = await aRowsUpload(server, researcher.id, units);
		const { result, seconds, memoryMiB } = await measure(() =>
			submitBatch(server.services, researcher, {
				appVersionId: version.id,
				name: "Bench",
				source: { kind: "rows", uploadId },
				quorum: 2,
				targetCopies: 2,
				maxErrors: 3,
				maxTotal: 8,
				deadlineSeconds: 3600,
				priority: 0,
				placement: "spread",
				confidence: 0.9,
				maxFrozenSeconds: 300,
			}),
		);
		const answered = await measure(() =>
			cancelBatch(server.services, researcher, result.batchId),
		);
		const swept = await measure(() =>
			until(
				"the last work unit is cancelled",
				async () => (await db.sweep.count()) === 0,
				15 * 60_000,
			),
		);
		const tasks = await db.task.count({ where: { batchId: result.batchId } });
		report({
			workUnits: result.workUnits,
			tasks,
			seconds: Number(seconds.toFixed(2)),
			perSecond: Math.round(units / seconds),
			memoryMiB: Math.round(memoryMiB),
			cancelAnsweredSeconds: Number(answered.seconds.toFixed(2)),
			cancelSeconds: Number((answered.seconds + swept.seconds).toFixed(2)),
		});
	} finally {
		await server.stop();
		await rm(folder, { recursive: true, force: true });
	}
}

function report(figures: Record<string, number>): void {
	if (values.json) return void console.log(JSON.stringify(figures));
	for (const [name, figure] of Object.entries(figures))
		console.log(`${name.padEnd(14)} ${figure.toLocaleString("en")}`);
}

await main();
