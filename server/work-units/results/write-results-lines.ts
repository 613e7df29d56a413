import { Readable, type Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import type { Services } from "../../services.ts";
import { signOutput } from "./result-listing.ts";
import type { ResultUnit } from "./result-store.ts";
import { eachUnit } from "./write-results-archive.ts";

/** Outputs up to this size are in the line itself, when they are text. */
const INLINE_BYTES = 64 * 1024;

/**
 * Writes a batch as JSON Lines: one object for each work unit, with its parameters, its state and its canonical outputs;
 * small text outputs with their content, all with an address.
 */
export async function writeResultsLines(
	services: Services,
	batchId: string,
	receiver: Writable,
	signal: AbortSignal,
): Promise<void> {
	const lines = async function* () {
		for await (const unit of eachUnit(services, batchId))
			yield `${JSON.stringify(await toLine(services, unit))}\n`;
	};
	await pipeline(Readable.from(lines()), receiver, { signal }).catch(
		(error: unknown) => {
			if (!signal.aborted) throw error;
		},
	);
}

async function toLine(services: Services, unit: ResultUnit) {
	const outputs = [];
	for (const output of unit.outputs)
		outputs.push({
			...output,
			address: signOutput(services, { ...output, index: unit.index }),
			...(output.bytes <= INLINE_BYTES && {
				text: await readText(services, output.sha256),
			}),
		});
	return { ...unit, outputs };
}

/** The blob's content if it is text; undefined for anything that is not. */
async function readText(
	{ blobs }: Services,
	sha256: string,
): Promise<string | undefined> {
	const content = await text(await blobs.read(sha256));
	return content.includes("\ufffd") || content.includes("\u0000")
		? undefined
		: content;
}
