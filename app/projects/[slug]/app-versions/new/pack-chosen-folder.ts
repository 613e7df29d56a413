/** A file of a folder that was chosen, with its path below that folder. */
export interface FolderFile {
	path: string;
	file: File;
}

const BLOCK = 512;
const LEFT_OUT =
	/(^|\/)(\.git|\.hg|\.svn|node_modules|__pycache__|\.DS_Store)(\/|$)/;

/** The files of a folder that was picked (`webkitdirectory`), without version control and what tools leave behind. */
export function listFolder(files: Iterable<File>): FolderFile[] {
	return [...files]
		.map((file) => ({
			path: file.webkitRelativePath.split("/").slice(1).join("/") || file.name,
			file,
		}))
		.filter(({ path }) => !LEFT_OUT.test(path))
		.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A tar of the files. Nothing is read into memory: its parts are headers and the files themselves. */
export function packChosenFolder(
	name: string,
	files: readonly FolderFile[],
): File {
	const parts: BlobPart[] = [];
	for (const { path, file } of files)
		parts.push(...headersOf(path, file.size), file, padding(file.size));
	parts.push(new Uint8Array(2 * BLOCK));
	return new File(parts, `${name}.tar`, { type: "application/x-tar" });
}

const padding = (size: number): BlobPart =>
	new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);

/** A long or non-ASCII path goes into a record of its own before the header (pax). */
function headersOf(path: string, size: number): Uint8Array<ArrayBuffer>[] {
	const plain = path.length <= 100 && /^[\x20-\x7e]*$/.test(path);
	if (plain) return [header(path, size, "0")];
	const record = new TextEncoder().encode(paxRecord("path", path));
	const block = new Uint8Array(Math.ceil(record.length / BLOCK) * BLOCK);
	block.set(record);
	return [
		header("pax", record.length, "x"),
		block,
		header(path.replace(/[^\x20-\x7e]/g, "_").slice(-100), size, "0"),
	];
}

/** `<length> path=<value>\n`, where the length counts its own digits. */
function paxRecord(key: string, value: string): string {
	const rest = ` ${key}=${value}\n`;
	const bytes = new TextEncoder().encode(rest).length;
	let length = bytes + 1;
	while (String(length).length + bytes !== length)
		length = String(length).length + bytes;
	return `${length}${rest}`;
}

function header(
	name: string,
	size: number,
	type: "0" | "x",
): Uint8Array<ArrayBuffer> {
	const block = new Uint8Array(BLOCK);
	const write = (text: string, at: number) =>
		block.set(new TextEncoder().encode(text), at);
	const octal = (value: number, digits: number) =>
		value.toString(8).padStart(digits, "0");
	write(name, 0);
	// A browser does not know which files are programs, so all of them may be run.
	write(`${octal(0o755, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100);
	write(`${octal(size, 11)}\0${octal(0, 11)}\0        ${type}`, 124);
	write("ustar\x0000", 257);
	const sum = block.reduce((total, byte) => total + byte, 0);
	write(`${octal(sum, 6)}\0 `, 148);
	return block;
}
