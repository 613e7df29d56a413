import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import ZipStream from "zip-stream";
import { packContext } from "../../../server/builds/pack-context.ts";
import { readContext } from "../../../server/builds/read-context.ts";
import { summariseContext } from "../../../server/builds/summarise-context.ts";
import { aTar, aTarGz } from "../../support/folder-archive.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";

const services = testServices(testDatabase());
const limits = { entries: 100, bytes: 1024 * 1024 };

const stored = async (content: Buffer) =>
	(await services().blobs.put(content)).sha256;
const read = async (content: Buffer) =>
	readContext(services().blobs, await stored(content), limits);
const paths = async (content: Buffer) => {
	const found: string[] = [];
	for await (const entry of await read(content)) found.push(entry.path);
	return found;
};

async function aZip(
	files: readonly {
		name: string;
		text?: string;
		type?: "symlink";
		linkname?: string;
		mode?: number;
	}[],
) {
	const zip = new ZipStream();
	const chunks: Buffer[] = [];
	zip.on("data", (chunk: Buffer) => chunks.push(chunk));
	const ended = new Promise((resolve) => zip.on("end", resolve));
	for (const { text = "", ...data } of files)
		await new Promise((resolve, reject) =>
			zip.entry(text, data, (error) =>
				error ? reject(error) : resolve(undefined),
			),
		);
	zip.finish();
	await ended;
	return Buffer.concat(chunks);
}

test("a folder is read alike from a tar, a tar.gz and a zip", async () => {
	const entries = [
		["Dockerfile", "FROM scratch\n"],
		["src/a.c", "int a;"],
	] as const;
	const zip = await aZip(entries.map(([name, text]) => ({ name, text })));
	for (const archive of [await aTar(entries), await aTarGz(entries), zip])
		expect(await paths(archive)).toEqual(["Dockerfile", "src/a.c"]);
});

test.each([
	[
		"a path that climbs out",
		{ name: "../../etc/cron.d/x", text: "x" },
		/not a plain path/,
	],
	["an absolute path", { name: "/etc/passwd", text: "x" }, /not a plain path/],
	[
		"a link to the host",
		{ name: "x", type: "symlink", linkname: "/etc/shadow" },
		/leads out/,
	],
	[
		"a hard link",
		{ name: "x", type: "link", linkname: "/etc/shadow" },
		/neither a file/,
	],
	[
		"a device",
		{ name: "x", type: "character-device", devmajor: 1, devminor: 1 },
		/neither a file/,
	],
	["a fifo", { name: "x", type: "fifo" }, /neither a file/],
] as const)(
	"%s in a tar is refused by name",
	async (_what, entry, sentence) => {
		await expect(paths(await aTarGz([entry]))).rejects.toThrow(sentence);
	},
);

test("a path that climbs out of a zip is refused", async () => {
	const zip = await aZip([{ name: "aa/bb/cc", text: "x" }]);
	const hostile = Buffer.from(
		zip.toString("latin1").replaceAll("aa/bb/cc", "../../cc"),
		"latin1",
	);
	await expect(paths(hostile)).rejects.toThrow(
		/cannot be read|not a plain path/,
	);
});

test("a bomb is refused long before it is unpacked", async () => {
	const bomb = await aTarGz([
		{ name: "zeros", text: "\u0000".repeat(8 * 1024 * 1024) },
	]);
	expect(bomb.length).toBeLessThan(64 * 1024);
	await expect(paths(bomb)).rejects.toThrow(/more than 1 MiB/);
});

test.each([
	["nothing", Buffer.alloc(0)],
	["text", Buffer.from("#!/bin/sh\n".repeat(100))],
	["gzip of no tar", gzipSync(Buffer.from("x".repeat(5000)))],
	["a cut gzip", gzipSync(Buffer.from("x".repeat(5000))).subarray(0, 20)],
])("%s is refused with a sentence", async (_what, content) => {
	await expect(paths(content)).rejects.toMatchObject({
		name: "AppError",
		code: "invalidInput",
	});
});

test("a tar that ends in the middle is refused", async () => {
	const tar = await aTar([
		["a", "x".repeat(4000)],
		["b", "y"],
	]);
	await expect(paths(tar.subarray(0, 3000))).rejects.toMatchObject({
		name: "AppError",
	});
});

test("a folder inside its archive is found, and stripped when it is packed for the engine", async () => {
	const archive = await aTarGz([
		["project/Dockerfile", "FROM scratch\n"],
		{ name: "project/run.sh", mode: 0o4755, uid: 1000, text: "echo" },
	]);
	const summary = await summariseContext(await read(archive), "Dockerfile");
	expect(summary).toMatchObject({
		root: "project/",
		text: "FROM scratch\n",
		fileCount: 2,
	});
	const packed = packContext(await read(archive), {
		root: summary.root,
		prefix: "",
		extra: [],
	});
	const chunks: Buffer[] = [];
	for await (const chunk of packed) chunks.push(chunk as Buffer);
	const again = Buffer.concat(chunks);
	expect(await paths(again)).toEqual(["Dockerfile", "run.sh"]);
	// No owner, no set-user-id bit, no time of theirs reaches the engine.
	expect(again.toString("latin1", 1024 + 100, 1024 + 124)).toBe(
		"000755 \u0000000000 \u0000000000 \u0000",
	);
});

test("a folder without the file that was asked for is refused", async () => {
	await expect(
		summariseContext(await read(await aTar([["a", "b"]])), "Dockerfile"),
	).rejects.toThrow("no file “Dockerfile”");
});
