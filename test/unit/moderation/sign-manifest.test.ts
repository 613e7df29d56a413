import { createHash, generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { manifestSchema } from "../../../agent/core/protocol.ts";
import { publicSigningKey } from "../../../server/devices/enrolment/public-signing-key.ts";
import {
	digestManifests,
	joinManifests,
	makeManifestText,
	signManifest,
	verifyManifest,
} from "../../../server/moderation/sign-manifest.ts";

const pem = () =>
	generateKeyPairSync("ed25519")
		.privateKey.export({ type: "pkcs8", format: "pem" })
		.toString();
const key = pem();
const version = {
	id: "019a0000-0000-7000-8000-000000000001",
	projectId: "019a0000-0000-7000-8000-000000000002",
	command: ["/bin/count", "{n}"],
	cores: 1,
	memoryMiB: 64,
	diskMiB: 16,
};
const build = {
	platform: "linux/amd64",
	imageId: `sha256:${"1".repeat(64)}`,
	archiveSha256: "2".repeat(64),
	archiveBytes: 1000,
};
const text = makeManifestText(version, build, "Class numbers");
const signature = signManifest(text, key);

test("the signature of a manifest verifies with the public key that devices pin", () => {
	expect(verifyManifest(text, signature, publicSigningKey(key))).toBe(true);
	expect(signature).toHaveLength(86);
});

test.each([
	["command", text.replace("/bin/count", "/bin/other")],
	["memory", text.replace('"memoryMiB":64', '"memoryMiB":65')],
	["image", text.replace("sha256:1", "sha256:3")],
	["spacing", `${text} `],
])("it does not once the %s is another", (_what, tampered) => {
	expect(tampered).not.toBe(text);
	expect(verifyManifest(tampered, signature, publicSigningKey(key))).toBe(
		false,
	);
});

test("it does not with another key", () => {
	expect(verifyManifest(text, signature, publicSigningKey(pem()))).toBe(false);
});

test("the text is what agents parse, and says that there is no network", () => {
	const manifest = manifestSchema.parse(JSON.parse(text));
	expect(manifest.network).toBe("none");
	expect(manifest.appVersionId).toBe(version.id);
});

test("the text is to the letter what version 0.1 signed", () => {
	expect(text).toBe(
		`{"version":1,"appVersionId":"019a0000-0000-7000-8000-000000000001","projectId":"019a0000-0000-7000-8000-000000000002","project":"Class numbers","imageId":"sha256:${"1".repeat(64)}","archive":{"sha256":"${"2".repeat(64)}","bytes":1000},"command":["/bin/count","{n}"],"platforms":["linux/amd64"],"cores":1,"memoryMiB":64,"diskMiB":16,"network":"none"}`,
	);
});

test("a build without an image cannot be signed", () => {
	expect(() =>
		makeManifestText(version, { ...build, imageId: null }, "x"),
	).toThrow();
});

test("what an admin was shown is named by the digest of the manifest, or of all of them with a line each", () => {
	const sha256 = (content: string) =>
		createHash("sha256").update(content).digest("hex");
	const other = makeManifestText(
		version,
		{ ...build, platform: "linux/arm64" },
		"Class numbers",
	);
	expect(digestManifests([text])).toBe(sha256(text));
	expect(digestManifests([text, other])).toBe(sha256(`${text}\n${other}`));
	expect(joinManifests([text, other]).split("\n")).toEqual([text, other]);
});
