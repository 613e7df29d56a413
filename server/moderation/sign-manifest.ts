import {
	createHash,
	createPrivateKey,
	createPublicKey,
	sign,
	verify,
} from "node:crypto";
import { type Manifest, manifestSchema } from "../../agent/core/protocol.ts";

/** What of an app version is signed, with each of its builds. */
export interface ManifestFacts {
	id: string;
	projectId: string;
	command: string[];
	cores: number;
	memoryMiB: number;
	diskMiB: number;
}

/** What of a build is signed. */
export interface BuildFacts {
	platform: string;
	imageId: string | null;
	archiveSha256: string;
	archiveBytes: number;
}

/**
 * The exact text that is signed, stored and sent to devices: everything that decides what runs on them. The same facts
 * give the same text.
 *
 * @throws ZodError when the build has no image, or asks for what no manifest may hold
 */
export function makeManifestText(
	version: ManifestFacts,
	build: BuildFacts,
	projectName: string,
): string {
	const manifest: Manifest = manifestSchema.parse({
		version: 1,
		appVersionId: version.id,
		projectId: version.projectId,
		project: projectName,
		imageId: build.imageId,
		archive: { sha256: build.archiveSha256, bytes: build.archiveBytes },
		command: version.command,
		platforms: [build.platform],
		cores: version.cores,
		memoryMiB: version.memoryMiB,
		diskMiB: version.diskMiB,
		network: "none",
	});
	return JSON.stringify(manifest);
}

/** The manifests of a version's builds, as an admin is shown them: a line each. No manifest has a line break in it. */
export const joinManifests = (texts: readonly string[]): string =>
	texts.join("\n");

/**
 * Names what an admin was shown in few characters: by it they say which texts they decided on. Of a version with one
 * build it is the digest of its manifest.
 */
export const digestManifests = (texts: readonly string[]): string =>
	createHash("sha256").update(joinManifests(texts)).digest("hex");

/** Ed25519 over the UTF-8 bytes of the text, base64url. */
export function signManifest(text: string, signingKeyPem: string): string {
	return sign(
		null,
		Buffer.from(text),
		createPrivateKey(signingKeyPem),
	).toString("base64url");
}

/** @param publicKey the raw 32 bytes, base64url, as devices pin them */
export function verifyManifest(
	text: string,
	signature: string,
	publicKey: string,
): boolean {
	const key = createPublicKey({
		key: { kty: "OKP", crv: "Ed25519", x: publicKey },
		format: "jwk",
	});
	return verify(
		null,
		Buffer.from(text),
		key,
		Buffer.from(signature, "base64url"),
	);
}
