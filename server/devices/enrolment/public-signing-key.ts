import { createPublicKey } from "node:crypto";

/** The public half of the key that signs manifests: 32 raw bytes, base64url, as devices pin it. */
export function publicSigningKey(signingKeyPem: string): string {
	const { x } = createPublicKey(signingKeyPem).export({ format: "jwk" });
	if (!x) throw new Error("The signing key is not an Ed25519 key.");
	return x;
}
