import { randomBytes, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { collectGarbage } from "../../../server/storage/uploads/collect-garbage-loop.ts";
import { createUpload } from "../../../server/storage/uploads/create-upload.ts";
import { uploadsFolder } from "../../../server/storage/uploads/tus-uploads.ts";
import {
	findUpload,
	markUploadStored,
} from "../../../server/storage/uploads/upload-store.ts";
import { aBatch, anAppVersion } from "../../support/factories.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";

const database = testDatabase();
const services = testServices(database);
const collect = () => collectGarbage(services());

/** A blob that was stored two days ago. */
async function anOldBlob(content = randomBytes(100)) {
	const { sha256 } = await services().blobs.put(content);
	await database.pool.query(
		`UPDATE "Blob" SET "createdAt" = now() - interval '2 days' WHERE "sha256" = $1`,
		[sha256],
	);
	return sha256;
}

test("a blob that nothing refers to goes after a day, not before", async () => {
	const { sha256: fresh } = await services().blobs.put(randomBytes(100));
	const old = await anOldBlob();
	await collect();
	expect(await services().blobs.has(fresh)).toBe(true);
	expect(await services().blobs.has(old)).toBe(false);
	await expect(services().blobs.read(old)).rejects.toMatchObject({
		code: "notFound",
	});
});

test("a blob that an upload still stands for stays", async () => {
	const sha256 = await anOldBlob();
	const { uploadId } = await createUpload(services(), {
		purpose: "batchInput",
		userId: randomUUID(),
		name: "a",
		bytes: 100,
	});
	await markUploadStored(services().db, uploadId, sha256);
	await collect();
	expect(await services().blobs.has(sha256)).toBe(true);
});

test("the archive of a closed batch stays", async () => {
	const sha256 = await anOldBlob();
	const batch = await aBatch(services().db, { state: "done" });
	await services().db.batch.update({
		where: { id: batch.id },
		data: {
			archivedAt: new Date(),
			archiveSha256: sha256,
			archiveBytes: 2n ** 40n,
		},
	});
	await collect();
	expect(await services().blobs.has(sha256)).toBe(true);
});

test("what an app version was made from and each of its builds stay", async () => {
	const [source, amd, arm] = [
		await anOldBlob(),
		await anOldBlob(),
		await anOldBlob(),
	];
	await anAppVersion(database.db, { sourceSha256: source }, [
		{ archiveSha256: amd },
		{ platform: "linux/arm64", archiveSha256: arm },
	]);
	await collect();
	for (const sha256 of [source, amd, arm])
		expect(await services().blobs.has(sha256)).toBe(true);
});

test("garbage is found behind any number of blobs that are needed", async () => {
	await database.pool.query(
		`INSERT INTO "Blob" ("sha256", "bytes") SELECT lpad(n::text, 64, '0'), 1 FROM generate_series(1, 2500) n`,
	);
	const sha256 = await anOldBlob();
	await collect();
	expect(await services().blobs.has(sha256)).toBe(false);
	const { count } = await database.db.blob.deleteMany({
		where: { sha256: { startsWith: "00000000" } },
	});
	expect(count).toBe(2500);
});

test("a blob that is put again while it is being collected is there afterwards", async () => {
	for (let round = 0; round < 20; round++) {
		const content = randomBytes(100);
		const sha256 = await anOldBlob(content);
		await Promise.all([collect(), services().blobs.put(content)]);
		const stream = await services().blobs.read(sha256);
		expect(Buffer.concat(await stream.toArray())).toEqual(content);
		expect(await services().blobs.has(sha256)).toBe(true);
	}
});

test("a blob that a crash left in the trash with its row goes back to its place", async () => {
	const content = randomBytes(100);
	const { sha256 } = await services().blobs.put(content);
	const folder = join(services().config.dataFolder, "blobs");
	await mkdir(join(folder, "trash"), { recursive: true });
	await rename(
		join(folder, sha256.slice(0, 2), sha256.slice(2, 4), sha256),
		join(folder, "trash", sha256),
	);
	await collect();
	const stream = await services().blobs.read(sha256);
	expect(Buffer.concat(await stream.toArray())).toEqual(content);
});

test("an upload that expired is forgotten with its bytes", async () => {
	const { uploadId } = await createUpload(services(), {
		purpose: "batchInput",
		userId: randomUUID(),
		name: "a",
		bytes: 100,
	});
	services().clock.advance(72 * 3600_000);
	await collect();
	expect(await findUpload(services().db, uploadId)).toBeUndefined();
});

test("files that a crash left while they came in are removed after a day", async () => {
	const { dataFolder } = services().config;
	const stray = join(dataFolder, "blobs", "incoming", "stray");
	const strayUpload = join(uploadsFolder(dataFolder), "stray");
	for (const file of [stray, strayUpload]) {
		await mkdir(join(file, ".."), { recursive: true });
		await writeFile(file, "half");
		await utimes(file, 0, 0);
	}
	await collect();
	expect(existsSync(stray)).toBe(false);
	expect(existsSync(strayUpload)).toBe(false);
});
