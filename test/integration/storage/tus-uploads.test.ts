import { createHash, randomBytes, randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test, vi } from "vitest";
import { createUpload } from "../../../server/storage/uploads/create-upload.ts";
import { uploadsFolder } from "../../../server/storage/uploads/tus-uploads.ts";
import { findCompletedUpload } from "../../../server/storage/uploads/upload-store.ts";
import { blobServer } from "../../support/blob-server.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";

const database = testDatabase();
const services = testServices(database, { MAX_OUTPUT_FILE_MIB: "2" });
const origin = blobServer(services);

const anUpload = (bytes: number) =>
	createUpload(services(), {
		purpose: "taskOutput",
		userId: randomUUID(),
		name: "out.bin",
		bytes,
	});
const headOf = async (path: string) => {
	const response = await fetch(origin() + path, {
		method: "HEAD",
		headers: { "tus-resumable": "1.0.0" },
	});
	return {
		status: response.status,
		offset: Number(response.headers.get("upload-offset")),
	};
};
const patch = (path: string, offset: number, body: Buffer) =>
	fetch(origin() + path, {
		method: "PATCH",
		headers: {
			"tus-resumable": "1.0.0",
			"upload-offset": String(offset),
			"content-type": "application/offset+octet-stream",
		},
		body: new Uint8Array(body),
	});
const storedSha256 = async (id: string) =>
	(await findCompletedUpload(services().db, id))?.sha256;
const sha256Of = (content: Buffer) =>
	createHash("sha256").update(content).digest("hex");

test("an upload in one piece becomes a blob", async () => {
	const content = randomBytes(200_000);
	const { uploadId, path } = await anUpload(content.length);
	expect((await patch(path, 0, content)).status).toBe(204);
	expect(await storedSha256(uploadId)).toBe(sha256Of(content));
	const blob = await services().blobs.read(sha256Of(content));
	expect(Buffer.concat(await blob.toArray())).toEqual(content);
});

test("after a connection is cut the upload goes on where it was", async () => {
	const content = randomBytes(1_000_000);
	const { uploadId, path } = await anUpload(content.length);
	await cutAfter(path, content, 400_000);
	const offset = await vi.waitFor(async () => {
		const head = await headOf(path);
		expect(head.offset).toBeGreaterThan(0);
		return head.offset;
	});
	expect(await storedSha256(uploadId)).toBeUndefined();
	await patch(path, offset, content.subarray(offset));
	expect(await storedSha256(uploadId)).toBe(sha256Of(content));
});

test("bytes that all arrived before a crash are stored at the next HEAD", async () => {
	const content = randomBytes(5000);
	const { uploadId, path } = await anUpload(content.length);
	await headOf(path);
	const folder = uploadsFolder(services().config.dataFolder);
	await writeFile(join(folder, uploadId), content);
	expect(await headOf(path)).toEqual({ status: 200, offset: 5000 });
	expect(await storedSha256(uploadId)).toBe(sha256Of(content));
});

test("an upload of nothing is complete when it is first asked for", async () => {
	const { uploadId, path } = await anUpload(0);
	expect((await headOf(path)).offset).toBe(0);
	expect(await storedSha256(uploadId)).toBe(sha256Of(Buffer.alloc(0)));
});

test("the same piece sent twice at once is stored once and right", async () => {
	const content = randomBytes(100_000);
	const { uploadId, path } = await anUpload(content.length);
	await Promise.allSettled([patch(path, 0, content), patch(path, 0, content)]);
	const { offset } = await headOf(path);
	if (offset < content.length)
		await patch(path, offset, content.subarray(offset));
	expect(await storedSha256(uploadId)).toBe(sha256Of(content));
});

test("more bytes than were announced are refused", async () => {
	const { uploadId, path } = await anUpload(10);
	expect((await patch(path, 0, randomBytes(11))).status).toBe(413);
	expect(await storedSha256(uploadId)).toBeUndefined();
});

test("a piece in the wrong place changes nothing", async () => {
	const { path } = await anUpload(10);
	expect((await patch(path, 5, randomBytes(5))).status).toBe(409);
	expect((await headOf(path)).offset).toBe(0);
});

test("patching what is complete changes nothing", async () => {
	const content = randomBytes(100);
	const { uploadId, path } = await anUpload(100);
	await patch(path, 0, content);
	await patch(path, 100, Buffer.alloc(0));
	await patch(path, 0, randomBytes(100));
	expect(await storedSha256(uploadId)).toBe(sha256Of(content));
	const blob = await services().blobs.read(sha256Of(content));
	expect(Buffer.concat(await blob.toArray())).toEqual(content);
});

test("nobody makes an upload, or reaches another's, without an address of ours", async () => {
	const { path, uploadId } = await anUpload(10);
	const other = await anUpload(10);
	const forged = path.replace(uploadId, other.uploadId);
	expect((await patch(forged, 0, randomBytes(10))).status).toBe(403);
	const made = await fetch(`${origin()}/blobs/uploads`, { method: "POST" });
	expect(made.status).toBe(404);
});

test("a file that is too large is refused before a byte of it is sent", async () => {
	await expect(anUpload(3 * 1024 * 1024)).rejects.toMatchObject({
		code: "tooLarge",
	});
});

/** Sends the beginning of a PATCH for the whole content, then hangs up. */
async function cutAfter(path: string, content: Buffer, bytes: number) {
	const outgoing = request(origin() + path, {
		method: "PATCH",
		headers: {
			"tus-resumable": "1.0.0",
			"upload-offset": "0",
			"content-type": "application/offset+octet-stream",
			"content-length": content.length,
		},
	});
	outgoing.on("error", () => {});
	outgoing.on("response", (response) => void text(response).catch(() => {}));
	await new Promise<void>((sent) =>
		outgoing.write(content.subarray(0, bytes), () => sent()),
	);
	outgoing.destroy();
}
