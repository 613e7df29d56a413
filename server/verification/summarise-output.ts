import type { NumericComparison } from "./comparison.ts";
import { type OutputSummary, SummaryWriter } from "./output-summary.ts";
import { summariseJson } from "./summarise-json.ts";
import { summariseCsv, summariseTable } from "./summarise-table.ts";

/** A file's content and what it should be. */
export interface OutputContent {
	bytes: Uint8Array<ArrayBuffer>;
	format: NumericComparison["format"];
}

const READERS: Record<
	NumericComparison["format"],
	(bytes: Buffer, writer: SummaryWriter) => void
> = { json: summariseJson, csv: summariseCsv, table: summariseTable };

/**
 * Reads an output of a stranger. Null when it is not of the format that it should have, or too large to be held: then it
 * agrees with its identical twin only, and can never make another one valid. Runs in a thread.
 */
export function summariseOutput({
	bytes,
	format,
}: OutputContent): OutputSummary | null {
	const writer = new SummaryWriter();
	try {
		READERS[format](
			Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
			writer,
		);
		return writer.finish();
	} catch {
		return null;
	}
}
