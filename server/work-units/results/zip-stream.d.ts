/** What we use of zip-stream, which brings no types. */
declare module "zip-stream" {
	import type { Readable, Transform } from "node:stream";

	export interface ZipOptions {
		/** Of node:zlib. */
		zlib?: { level?: number };
		/** Writes 64-bit headers, without which an archive ends at 4 GiB or 65,535 entries. */
		forceZip64?: boolean;
	}

	export default class ZipStream extends Transform {
		constructor(options?: ZipOptions);
		/** One entry at a time: the next only after the callback. */
		entry(
			source: Readable | Buffer | string,
			data: { name: string; date?: Date },
			callback: (error: Error | null | undefined) => void,
		): this;
		/** Writes the directory and ends the archive. */
		finish(): void;
	}
}
