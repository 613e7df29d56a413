import { createReadStream } from "node:fs";
import {
	chmod,
	mkdir,
	mkdtemp,
	rm,
	symlink,
	utimes,
	writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hashFile } from "../../cli/transfer/hash-file.ts";
import { listFolder, packFolder } from "../../cli/transfer/pack-folder.ts";

let folder = "";
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "lull-pack-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function fill(files: Record<string, string>): Promise<void> {
	for (const [path, text] of Object.entries(files)) {
		await mkdir(dirname(join(folder, path)), { recursive: true });
		await writeFile(join(folder, path), text);
	}
}

const pathsOf = async (keep?: string[]) =>
	(await listFolder(folder, keep)).map(({ path }) => path);

async function pack(name: string): Promise<string> {
	const file = join(tmpdir(), `${name}-${process.pid}.tar.gz`);
	await packFolder(folder, await listFolder(folder), file);
	return file;
}

test("what .dockerignore names is left out, exceptions are taken in again, and .git never goes along", async () => {
	await fill({
		".dockerignore": "data\n!data/small.csv\n**/*.tmp\nempty\n",
		".git/config": "",
		Dockerfile: "",
		"data/big.bin": "",
		"data/small.csv": "",
		"empty/inside.txt": "",
		"src/a.c": "",
		"src/a.tmp": "",
	});
	expect(await pathsOf()).toEqual([
		".dockerignore",
		"Dockerfile",
		"data",
		"data/small.csv",
		"src",
		"src/a.c",
	]);
});

test("a Dockerfile goes along even if .dockerignore names it, as with Docker", async () => {
	await fill({ ".dockerignore": "Dockerfile\n", Dockerfile: "", "a.c": "" });
	expect(await pathsOf(["Dockerfile"])).toContain("Dockerfile");
	expect(await pathsOf()).not.toContain("Dockerfile");
});

test("the same content makes the same bytes whenever it is packed", async () => {
	await fill({ "b.txt": "b", "a/c.txt": "c" });
	const first = await pack("first");
	const long = new Date("2020-01-01");
	await utimes(join(folder, "b.txt"), long, long);
	const second = await pack("second");
	expect(await hashFile(second)).toBe(await hashFile(first));
	await writeFile(join(folder, "b.txt"), "B");
	const third = await pack("third");
	expect(await hashFile(third)).not.toBe(await hashFile(first));
	await Promise.all([first, second, third].map((file) => rm(file)));
});

test("the archive holds content, executables, links and empty files as they are", async () => {
	await fill({
		"run.sh": "#!/bin/sh\n",
		"empty.txt": "",
		"big.txt": "x".repeat(200_000),
	});
	await chmod(join(folder, "run.sh"), 0o755);
	await symlink("run.sh", join(folder, "start"));
	const file = await pack("kinds");
	const found: Record<string, unknown> = {};
	const tar = createReadStream(file).pipe(createGunzip()).pipe(extract());
	for await (const entry of tar) {
		let bytes = 0;
		for await (const chunk of entry) bytes += (chunk as Buffer).length;
		const { name, type, mode, linkname } = entry.header;
		found[name] = { type, mode, bytes, linkname };
	}
	await rm(file);
	expect(found).toMatchObject({
		"big.txt": { type: "file", mode: 0o644, bytes: 200_000 },
		"empty.txt": { type: "file", bytes: 0 },
		"run.sh": { type: "file", mode: 0o755 },
		start: { type: "symlink", linkname: "run.sh" },
	});
});
