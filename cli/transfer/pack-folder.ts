import { createReadStream, createWriteStream } from "node:fs";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import dockerignore from "@balena/dockerignore";
import { type Pack, pack } from "tar-stream";
import { usageError } from "../errors/cli-error.ts";

/** Never part of a program, whatever .dockerignore says. */
const NEVER = [".git"];
const EPOCH = new Date(0);

type EntryHeader = Parameters<Pack["entry"]>[0];

export interface FolderEntry {
	/** Below the folder, with forward slashes. */
	path: string;
	kind: "file" | "directory" | "symlink";
	executable: boolean;
	bytes: number;
	/** Of a symlink. */
	target?: string;
}

/**
 * What of a folder goes into its archive, sorted by path: everything that .dockerignore does not leave out. The
 * Dockerfile and .dockerignore themselves stay, as with Docker.
 *
 * @throws CliError for what cannot be packed
 */
export async function listFolder(
	folder: string,
	keep: readonly string[] = [],
): Promise<FolderEntry[]> {
	const rules = await readFile(join(folder, ".dockerignore"), "utf8").catch(
		() => "",
	);
	const ignore = dockerignore().add(rules.split(/\r?\n/));
	const kept = new Set([...keep, ".dockerignore"]);
	const isIn = (path: string) => kept.has(path) || !ignore.ignores(path);
	const entries: FolderEntry[] = [];
	for await (const entry of walk(folder, "")) {
		// A folder that is left out may still hold what an exception takes in again.
		if (entry.kind === "directory" || isIn(entry.path)) entries.push(entry);
	}
	return withoutEmptyFolders(entries, isIn).sort((a, b) =>
		a.path < b.path ? -1 : 1,
	);
}

async function* walk(
	folder: string,
	below: string,
): AsyncGenerator<FolderEntry> {
	for (const { name } of await readdir(join(folder, below), {
		withFileTypes: true,
	})) {
		const path = below ? `${below}/${name}` : name;
		if (NEVER.includes(path)) continue;
		const entry = await describe(folder, path);
		yield entry;
		if (entry.kind === "directory") yield* walk(folder, path);
	}
}

async function describe(folder: string, path: string): Promise<FolderEntry> {
	const file = join(folder, path);
	const found = await lstat(file);
	const base = { path, executable: (found.mode & 0o100) !== 0, bytes: 0 };
	if (found.isDirectory()) return { ...base, kind: "directory" };
	if (found.isFile()) return { ...base, kind: "file", bytes: found.size };
	if (found.isSymbolicLink())
		return { ...base, kind: "symlink", target: await readlink(file) };
	throw usageError(
		`${file} is neither a file, a folder nor a link. Name it in .dockerignore.`,
	);
}

/** Folders that .dockerignore leaves out, and of which nothing was taken in again, are left out. */
function withoutEmptyFolders(
	entries: readonly FolderEntry[],
	isIn: (path: string) => boolean,
): FolderEntry[] {
	const needed = new Set<string>();
	for (const { path, kind } of entries) {
		if (kind === "directory" && !isIn(path)) continue;
		for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1))
			needed.add(path.slice(0, end));
	}
	return entries.filter(({ path }) => needed.has(path));
}

/**
 * Writes a folder as a .tar.gz. The same content makes the same bytes, whenever and by whomever it is packed: no times,
 * no owners, a fixed order.
 */
export async function packFolder(
	folder: string,
	entries: readonly FolderEntry[],
	file: string,
): Promise<void> {
	const tar = pack();
	await Promise.all([
		pipeline(tar, createGzip({ level: 6 }), createWriteStream(file)),
		addEntries(tar, folder, entries).catch((error: Error) => {
			tar.destroy(error);
			throw error;
		}),
	]);
}

async function addEntries(
	tar: Pack,
	folder: string,
	entries: readonly FolderEntry[],
): Promise<void> {
	for (const entry of entries) {
		const header: EntryHeader = {
			name: entry.path,
			type: entry.kind,
			mode: entry.executable || entry.kind === "directory" ? 0o755 : 0o644,
			mtime: EPOCH,
			uid: 0,
			gid: 0,
			size: entry.bytes,
			...(entry.target !== undefined && { linkname: entry.target }),
		};
		if (entry.kind === "file" && entry.bytes > 0)
			await pipeline(
				createReadStream(join(folder, entry.path)),
				tar.entry(header),
			);
		else await addEmpty(tar, header);
	}
	tar.finalize();
}

const addEmpty = (tar: Pack, header: EntryHeader): Promise<void> =>
	new Promise((resolve, reject) => {
		const done = (error?: unknown) => (error ? reject(error) : resolve());
		// A file of nothing must be ended; folders and links end by themselves.
		if (header.type === "file") tar.entry({ ...header, size: 0 }, "", done);
		else tar.entry({ ...header, size: 0 }, done);
	});
