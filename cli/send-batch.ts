import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Cli } from "./cli.ts";
import { CliError } from "./cli-error.ts";
import { EXIT } from "./exit-codes.ts";
import { formatCount } from "./format-amount.ts";
import { keyOf, PendingStore } from "./pending-store.ts";
import type { PortalApi } from "./portal-api.ts";
import { prepareSource } from "./prepare-source.ts";
import type { BatchDefinition } from "./project-definition.ts";

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
	cli.terminal.progress("Submitting…");
	const sent = await api.batches
		.submit({ ...rules, appVersionId, source, submissionKey })
		.catch(async (error: unknown) => {
			// Refused is an answer too: nothing was made, and the next try is a new one.
			if (error instanceof CliError && error.exitCode !== EXIT.unavailable)
				await pending.delete(entry);
			throw error;
		});
	await pending.delete(entry);
	cli.terminal.tell(
		`Submitted ${formatCount(sent.workUnits, "work unit")}: ${cli.server()}/batches/${sent.batchId}`,
	);
	return sent;
}
