import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import yauzl from "yauzl";

/** The files of a zip archive, as text, by their paths in it. */
export async function unzipEntries(
	path: string,
): Promise<Record<string, string>> {
	const zip = await promisify<string, yauzl.Options, yauzl.ZipFile>(yauzl.open)(
		path,
		{ lazyEntries: true },
	);
	const open = promisify(zip.openReadStream.bind(zip)) as (
		entry: yauzl.Entry,
	) => Promise<NodeJS.ReadableStream>;
	const files: Record<string, string> = {};
	await new Promise<void>((resolve, reject) => {
		zip.once("end", resolve);
		zip.once("error", reject);
		zip.on("entry", (entry: yauzl.Entry) => {
			open(entry)
				.then(buffer)
				.then((content) => {
					files[entry.fileName] = content.toString("utf8");
					zip.readEntry();
				}, reject);
		});
		zip.readEntry();
	});
	return files;
}
