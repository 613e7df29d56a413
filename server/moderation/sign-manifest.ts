import {
	createHash,
	createPrivateKey,
	createPublicKey,
	sign,
	verify,
} from "node:crypto";
import { type Manifest, manifestSchema } from "../../agent/core/protocol.ts";

/** What of an app version is signed. */
export interface ManifestFacts {
	id: string;
	projectId: string;
	imageId: string | null;
	archiveSha256: string | null;
	archiveBytes: number | null;
	command: string[];
	platforms: string[];
	cores: number;
	memoryMiB: number;
	diskMiB: number;
}

/**
 * The exact text that is signed, stored and sent to devices: everything that decides what runs on them. The same facts
 * give the same text.
 *
 * @throws ZodError when the version has no image, or asks for what no manifest may hold
 */
export function makeManifestText(
	version: ManifestFacts,
	projectName: string,
): string {
	const manifest: Manifest = manifestSchema.parse({
		version: 1,
		appVersionId: version.id,
		projectId: version.projectId,
		project: projectName,
		imageId: version.imageId,
		archive: { sha256: version.archiveSha256, bytes: version.archiveBytes },
		command: version.command,
		platforms: version.platforms,
		cores: version.cores,
		memoryMiB: version.memoryMiB,
		diskMiB: version.diskMiB,
		network: "none",
	});
	return JSON.stringify(manifest);
}

/** Names the text in few characters: by it an admin says which text they decided on. */
export const digestManifest = (text: string): string =>
	createHash("sha256").update(text).digest("hex");

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
