import { createPrivateKey } from "node:crypto";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadSecrets } from "../../server/secrets.ts";

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "lull-secrets-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test("secrets are made at the first start, for their owner only, and stay the same", async () => {
	const made = await loadSecrets(folder, {});
	const { mode } = await stat(join(folder, "secrets.json"));
	expect(mode & 0o777).toBe(0o600);
	expect(createPrivateKey(made.signingKeyPem).asymmetricKeyType).toBe(
		"ed25519",
	);
	expect(await loadSecrets(folder, {})).toEqual(made);
});

test("of several first starts at once, all have the same secrets", async () => {
	const all = await Promise.all(
		Array.from({ length: 8 }, () => loadSecrets(folder, {})),
	);
	expect(new Set(all.map((secrets) => secrets.authSecret)).size).toBe(1);
});

test("the environment wins over the file", async () => {
	const authSecret = "a secret that several portals share";
	const secrets = await loadSecrets(folder, { LULL_AUTH_SECRET: authSecret });
	expect(secrets.authSecret).toBe(authSecret);
});

test("a secret that is too short is named and not shown", async () => {
	const loading = loadSecrets(folder, { LULL_BLOB_SECRET: "short-one" });
	await expect(loading).rejects.toThrow("blobSecret (LULL_BLOB_SECRET)");
	await expect(loading).rejects.not.toThrow("short-one");
});

test("a damaged file is told of, never replaced", async () => {
	const file = join(folder, "secrets.json");
	await writeFile(file, "{");
	await expect(loadSecrets(folder, {})).rejects.toThrow(file);
	expect((await stat(file)).size).toBe(1);
});
