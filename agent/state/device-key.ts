import {
	createPrivateKey,
	createPublicKey,
	generateKeyPairSync,
	sign,
	verify,
} from "node:crypto";

/** What stands before the 32 raw bytes of an Ed25519 public key in its SPKI form. */
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

export interface DeviceKey {
	/** PKCS#8, base64url. */
	privateKey: string;
	/** Raw, 32 bytes, base64url. */
	publicKey: string;
}

/** A new Ed25519 key: the identity of a device. */
export function makeDeviceKey(): DeviceKey {
	const pair = generateKeyPairSync("ed25519");
	return {
		privateKey: pair.privateKey
			.export({ format: "der", type: "pkcs8" })
			.toString("base64url"),
		publicKey: pair.publicKey
			.export({ format: "der", type: "spki" })
			.subarray(SPKI_PREFIX.length)
			.toString("base64url"),
	};
}

/** The Ed25519 signature of a text, base64url. */
export function signText(privateKey: string, text: string): string {
	const key = createPrivateKey({
		key: Buffer.from(privateKey, "base64url"),
		format: "der",
		type: "pkcs8",
	});
	return sign(null, Buffer.from(text, "utf8"), key).toString("base64url");
}

/** Whether the owner of a raw public key signed exactly this text. A malformed key or signature is a plain no. */
export function hasSigned(
	publicKey: string,
	text: string,
	signature: string,
): boolean {
	try {
		const key = createPublicKey({
			key: Buffer.concat([SPKI_PREFIX, Buffer.from(publicKey, "base64url")]),
			format: "der",
			type: "spki",
		});
		return verify(
			null,
			Buffer.from(text, "utf8"),
			key,
			Buffer.from(signature, "base64url"),
		);
	} catch {
		return false;
	}
}
