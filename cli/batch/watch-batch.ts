import type { BatchDetails, PortalApi } from "../api/portal-api.ts";
import type { Cli } from "../cli.ts";
import { batchLine } from "./describe-batch.ts";

const LOOK_MS = 2_000;
/** A server that restarts, or a laptop that slept, is no reason to stop watching. */
const PATIENCE_MS = 30 * 60_000;

/** Shows how a batch goes on until it is over; says why, whenever its tasks wait for something new. */
export async function watchBatch(
	cli: Cli,
	api: PortalApi,
	batchId: string,
): Promise<BatchDetails> {
	let told = "";
	for (;;) {
		const batch = await api.batches.get(batchId, PATIENCE_MS);
		const waits = waitingFor(batch);
		if (waits && waits !== told) cli.terminal.tell(waits);
		told = waits || told;
		cli.terminal.progress(batchLine(batch, cli.around.now()));
		if (batch.state !== "open") return batch;
		await cli.around.pause(LOOK_MS, cli.around.signal);
	}
}

/** Why nothing of the batch runs; empty while something does. */
function waitingFor({ tasks, waitReasons }: BatchDetails): string {
	const runs = ["leased", "preparing", "running", "paused", "reported"].some(
		(state) => (tasks[state] ?? 0) > 0,
	);
	return runs || waitReasons.length === 0
		? ""
		: `Tasks wait. ${waitReasons.join(" ")}`;
}
