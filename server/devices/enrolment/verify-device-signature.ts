import { createPublicKey, verify } from "node:crypto";

/** What precedes the 32 raw bytes in a DER-encoded Ed25519 public key (RFC 8410). */
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/**
 * True when `signature` over the UTF-8 bytes of `text` was made with the private half of `publicKey`.
 * Both are base64url: 32 raw bytes of Ed25519 key, 64 of signature. Anything else, however malformed, is false: what
 * comes from the network never throws here.
 */
export function verifyDeviceSignature(
	publicKey: string,
	text: string,
	signature: string,
): boolean {
	const rawKey = Buffer.from(publicKey, "base64url");
	const rawSignature = Buffer.from(signature, "base64url");
	if (rawKey.length !== KEY_BYTES) return false;
	if (rawSignature.length !== SIGNATURE_BYTES) return false;
	try {
		const key = createPublicKey({
			key: Buffer.concat([SPKI_PREFIX, rawKey]),
			format: "der",
			type: "spki",
		});
		return verify(null, Buffer.from(text, "utf8"), key, rawSignature);
	} catch {
		return false; // 32 bytes that are no point of the curve
	}
}
