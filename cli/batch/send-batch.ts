import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { PortalApi } from "../api/portal-api.ts";
import type { Cli } from "../cli.ts";
import type { BatchDefinition } from "../definition/project-definition.ts";
import { CliError } from "../errors/cli-error.ts";
import { EXIT } from "../errors/exit-codes.ts";
import { formatCount } from "../terminal/format-amount.ts";
import { keyOf, PendingStore } from "../transfer/pending-store.ts";
import { prepareSource } from "./prepare-source.ts";

const LOOK_MS = 1_000;

export interface SentBatch {
	batchId: string;
	workUnits: number;
}

/**
 * Uploads the files of a batch and submits it. The submission key is made before the first try and forgotten after the
 * answer: whatever happens between, giving the same command again never makes a second batch.
 *
 * @throws CliError
 */
export async function sendBatch(
	cli: Cli,
	api: PortalApi,
	definition: { batch: BatchDefinition; folder: string },
	appVersionId: string,
	givenKey?: string,
): Promise<SentBatch> {
	const { workUnits, ...rules } = definition.batch;
	const { source, content } = await prepareSource(
		cli,
		definition.folder,
		workUnits,
	);
	const pending = new PendingStore(cli.around.configFolder, cli.around.now);
	const entry = keyOf("submission", cli.server(), appVersionId, rules, content);
	const submissionKey =
		givenKey ?? (await pending.find(z.string(), entry)) ?? randomUUID();
	await pending.set(entry, submissionKey);
	const submission = api.batches.submit({
		...rules,
		appVersionId,
		source,
		submissionKey,
	});
	const sent = await whileShowing(cli, api, submissionKey, submission).catch(
		async (error: unknown) => {
			// Refused is an answer too: nothing was made, and the next try is a new one.
			if (error instanceof CliError && error.exitCode !== EXIT.unavailable)
				await pending.delete(entry);
			throw error;
		},
	);
	await pending.delete(entry);
	cli.terminal.tell(
		`Submitted ${formatCount(sent.workUnits, "work unit")}: ${cli.server()}/batches/${sent.batchId}`,
	);
	return sent;
}

/** Shows how far a submission has come until it is answered. */
async function whileShowing<T>(
	cli: Cli,
	api: PortalApi,
	submissionKey: string,
	submission: Promise<T>,
): Promise<T> {
	const { signal, pause } = cli.around;
	const over = new AbortController();
	const answered = submission.finally(() => over.abort());
	const show = async () => {
		cli.terminal.progress("Submitting…");
		while (!over.signal.aborted) {
			await pause(LOOK_MS, AbortSignal.any([signal, over.signal]));
			const { progress } = await api.batches.submission(submissionKey);
			if (progress && !over.signal.aborted)
				cli.terminal.progress(
					`Submitting… ${formatCount(progress.workUnits, "work unit")} ${progress.phase === "storing" ? "stored" : "read"}`,
				);
		}
	};
	// It is only shown: whatever goes wrong with it, the submission itself says what matters.
	await Promise.all([answered, show().catch(() => undefined)]);
	return answered;
}
