import { mkdir, open, rename } from "node:fs/promises";
import { join } from "node:path";
import { filePathSchema } from "../../agent/core/protocol.ts";
import type { PortalApi, ResultUnit } from "../api/portal-api.ts";
import type { Cli } from "../cli.ts";
import { CliError } from "../errors/cli-error.ts";
import { EXIT } from "../errors/exit-codes.ts";
import { formatBytes } from "../terminal/format-amount.ts";
import { progressBar } from "../terminal/progress-text.ts";
import { saveBlob } from "./save-blob.ts";

const AT_ONCE = 6;

export interface SavedResults {
	workUnits: number;
	files: number;
	bytes: number;
	/** Files that were not there before. */
	fetched: number;
}

/**
 * Saves the results of a batch below `folder`, as in the archive: `<index>/<path>` for each file, and
 * `work-units.jsonl` with the parameters and the state of each work unit. Files that are there already are kept, so that
 * it can be given again while the batch goes on.
 */
export async function saveResults(
	cli: Cli,
	api: PortalApi,
	batchId: string,
	folder: string,
): Promise<SavedResults> {
	const { results } = await api.batches.get(batchId);
	const saved = { workUnits: 0, files: 0, bytes: 0, fetched: 0 };
	await mkdir(folder, { recursive: true });
	const list = join(folder, "work-units.jsonl");
	const lines = await open(`${list}.part`, "w");
	try {
		let cursor: string | undefined;
		do {
			const page = await api.batches.resultsPage(batchId, cursor);
			await lines.appendFile(page.items.map(lineOf).join(""));
			saved.workUnits += page.items.length;
			await forEach(filesOf(page.items), AT_ONCE, async ({ path, ...blob }) => {
				const isNew = await saveBlob(cli.client(), blob, join(folder, path));
				saved.files += 1;
				saved.bytes += blob.bytes;
				saved.fetched += isNew ? 1 : 0;
				cli.terminal.progress(
					`${progressBar(results.bytes ? saved.bytes / results.bytes : 1)}  ${formatBytes(saved.bytes)} of ${formatBytes(results.bytes)}`,
				);
			});
			cursor = page.nextCursor;
		} while (cursor);
	} finally {
		await lines.close();
	}
	await rename(`${list}.part`, list);
	cli.terminal.clearProgress();
	return saved;
}

const lineOf = ({ index, state, failureReason, parameters }: ResultUnit) =>
	`${JSON.stringify({ index, state, failureReason, parameters })}\n`;

/** The files of some work units with where they go; the portal's word is not enough to write outside the folder. */
export function filesOf(units: readonly ResultUnit[]) {
	return units.flatMap(({ index, outputs }) =>
		outputs.map((output) => {
			if (!filePathSchema.safeParse(output.path).success)
				throw new CliError(
					EXIT.failed,
					`The portal names an output “${output.path.slice(0, 80)}”, which is no path below a folder. Nothing was written for it.`,
				);
			return { ...output, path: `${index}/${output.path}` };
		}),
	);
}

/** Does the work for each item, so many at once. After the first failure nothing new is begun. */
async function forEach<T>(
	items: readonly T[],
	atOnce: number,
	work: (item: T) => Promise<void>,
): Promise<void> {
	const queue = [...items];
	const worker = async () => {
		for (let item = queue.shift(); item !== undefined; item = queue.shift())
			await work(item);
	};
	const workers = Array.from({ length: atOnce }, () =>
		worker().catch((error: unknown) => {
			queue.length = 0;
			throw error;
		}),
	);
	const outcomes = await Promise.allSettled(workers);
	const failed = outcomes.find(({ status }) => status === "rejected");
	if (failed?.status === "rejected") throw failed.reason;
}
