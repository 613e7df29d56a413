import { createHash, randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { blobServer } from "../../support/blob-server.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";

const database = testDatabase();
const services = testServices(database);
const origin = blobServer(services);

async function aBlob(content: Buffer, fileName?: string) {
	const { sha256 } = await services().blobs.put(content);
	const expiresAt = new Date(services().clock.now().getTime() + 60_000);
	const options = { expiresAt, ...(fileName && { fileName }) };
	return {
		sha256,
		url: origin() + services().blobs.signDownload(sha256, options),
	};
}

test("a blob comes back as it was put, under the SHA-256 of its content", async () => {
	const content = randomBytes(300_000);
	const { sha256, url } = await aBlob(content, "über alles.bin");
	const response = await fetch(url);
	expect(sha256).toBe(createHash("sha256").update(content).digest("hex"));
	expect(Buffer.from(await response.arrayBuffer())).toEqual(content);
	expect(response.headers.get("content-disposition")).toContain(
		"filename*=UTF-8''%C3%BCber%20alles.bin",
	);
});

test("storing the same bytes again, also at the same time, keeps one blob", async () => {
	const content = randomBytes(1000);
	const stored = await Promise.all(
		Array.from({ length: 5 }, () => services().blobs.put(content)),
	);
	expect(new Set(stored.map(({ sha256 }) => sha256)).size).toBe(1);
});

test("a range is answered with exactly those bytes", async () => {
	const content = Buffer.from("0123456789");
	const { url } = await aBlob(content);
	const response = await fetch(url, { headers: { range: "bytes=3-5" } });
	expect(response.status).toBe(206);
	expect(response.headers.get("content-range")).toBe("bytes 3-5/10");
	expect(await response.text()).toBe("345");
});

test("a range beyond the end is refused with the blob's size", async () => {
	const { url } = await aBlob(Buffer.from("0123456789"));
	const response = await fetch(url, { headers: { range: "bytes=10-" } });
	expect(response.status).toBe(416);
	expect(response.headers.get("content-range")).toBe("bytes */10");
});

test("HEAD tells the size and sends nothing; who has the blob is told so", async () => {
	const { url, sha256 } = await aBlob(Buffer.from("0123456789"));
	const head = await fetch(url, { method: "HEAD" });
	expect(head.headers.get("content-length")).toBe("10");
	expect(await head.text()).toBe("");
	const again = await fetch(url, {
		headers: { "if-none-match": `"${sha256}"` },
	});
	expect(again.status).toBe(304);
});

test("an empty blob is a blob", async () => {
	const { url } = await aBlob(Buffer.alloc(0));
	const response = await fetch(url);
	expect(response.status).toBe(200);
	expect(await response.text()).toBe("");
});

test("an address that was tampered with, has expired or names nothing opens nothing", async () => {
	const { url, sha256 } = await aBlob(Buffer.from("secret"));
	const statusOf = async (address: string, init?: RequestInit) =>
		(await fetch(address, init)).status;
	expect(await statusOf(`${url}x`)).toBe(403);
	expect(await statusOf(`${origin()}/blobs/${sha256}`)).toBe(403);
	expect(await statusOf(`${origin()}/blobs/..%2f..%2fsecrets.json`)).toBe(404);
	expect(await statusOf(`${origin()}/blobs/uploads/x`)).toBe(404);
	expect(await statusOf(url, { method: "DELETE" })).toBe(400);
	const unknown = services().blobs.signDownload("f".repeat(64), {
		expiresAt: new Date(Date.now() + 60_000),
	});
	expect(await statusOf(origin() + unknown)).toBe(404);
	services().clock.advance(120_000);
	expect(await statusOf(url)).toBe(410);
});
