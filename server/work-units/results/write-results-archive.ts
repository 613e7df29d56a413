import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import ZipStream from "zip-stream";
import type { Services } from "../../services.ts";
import { csvLine } from "./csv-line.ts";
import {
	listParameterNames,
	listResultUnits,
	measureResults,
	type ResultUnit,
} from "./result-store.ts";

const UNITS_AT_ONCE = 500;
/** From here on the archive's own counters need 64 bits. A little below the format's limits, for headers. */
const ZIP64_BYTES = 3.5e9;
const ZIP64_FILES = 60_000;

/**
 * Writes the canonical outputs of a batch as one zip, of any size and in flat memory: `work-units.csv` with every work
 * unit's parameters and state, then `<index>/<path>`. Goes no faster than the receiver takes it.
 *
 * @param signal  ends it, when the receiver has left
 */
export async function writeResultsArchive(
	services: Services,
	batchId: string,
	receiver: Writable,
	signal: AbortSignal,
): Promise<void> {
	const { files, bytes } = await measureResults(services.db, batchId);
	const zip = new ZipStream({
		zlib: { level: 1 },
		forceZip64: bytes > ZIP64_BYTES || files > ZIP64_FILES,
	});
	const sent = pipeline(zip, receiver, { signal });
	try {
		await Promise.race([sent, addEntries(services, batchId, zip)]);
		zip.finish();
		await sent;
	} catch (error) {
		zip.destroy();
		await sent.catch(() => undefined);
		if (!signal.aborted) throw error;
	}
}

async function addEntries(
	services: Services,
	batchId: string,
	zip: ZipStream,
): Promise<void> {
	const date = services.clock.now();
	await addEntry(
		zip,
		Readable.from(manifestLines(services, batchId)),
		"work-units.csv",
		date,
	);
	for await (const { index, outputs } of eachUnit(services, batchId))
		for (const { path, sha256 } of outputs)
			await addEntry(
				zip,
				await services.blobs.read(sha256),
				`${index}/${path}`,
				date,
			);
}

/** Resolves when the whole entry has been taken; the source is closed whatever happens. */
function addEntry(
	zip: ZipStream,
	source: Readable,
	name: string,
	date: Date,
): Promise<void> {
	const { promise, resolve, reject } = withResolvers();
	const giveUp = () => reject(new Error("The archive was given up."));
	source.once("error", reject);
	zip.once("close", giveUp);
	zip.entry(source, { name, date }, (error) =>
		error ? reject(error) : resolve(),
	);
	return promise.finally(() => {
		zip.off("close", giveUp);
		source.destroy();
	});
}

/** Promise.withResolvers, which Node has from 22 on. */
function withResolvers() {
	let resolve: () => void = () => undefined;
	let reject: (error: Error) => void = () => undefined;
	const promise = new Promise<void>((yes, no) => {
		resolve = yes;
		reject = no;
	});
	return { promise, resolve, reject };
}

async function* manifestLines(
	{ db, ...rest }: Services,
	batchId: string,
): AsyncGenerator<Buffer> {
	const names = await listParameterNames(db, batchId);
	yield Buffer.from(csvLine(["index", "state", "failureReason", ...names]));
	for await (const unit of eachUnit({ db, ...rest }, batchId))
		yield Buffer.from(
			csvLine([
				unit.index,
				unit.state,
				unit.failureReason,
				...names.map((name) => unit.parameters[name]),
			]),
		);
}

/** Every work unit of a batch, a page at a time. */
export async function* eachUnit(
	{ db }: Services,
	batchId: string,
): AsyncGenerator<ResultUnit> {
	let after = -1;
	for (;;) {
		const page = await listResultUnits(db, batchId, after, UNITS_AT_ONCE);
		yield* page;
		if (page.length < UNITS_AT_ONCE) return;
		after = page.at(-1)?.index ?? after;
	}
}
