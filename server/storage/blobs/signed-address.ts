import { createHmac, timingSafeEqual } from "node:crypto";
import { AppError } from "../../errors.ts";

/** What an address lets its bearer do. The kind is part of what is signed, so one never opens the other. */
export type AddressClaim =
	| { kind: "download"; sha256: string; fileName?: string }
	| { kind: "upload"; uploadId: string };

const DAY_MS = 24 * 60 * 60 * 1000;

function signatureOf(
	secret: string,
	claim: AddressClaim,
	expires: number,
): string {
	// JSON keeps the fields apart: no file name can be made to look like another expiry.
	const fields =
		claim.kind === "download"
			? ["download", claim.sha256, claim.fileName ?? "", expires]
			: ["upload", claim.uploadId, expires];
	return createHmac("sha256", secret)
		.update(JSON.stringify(fields))
		.digest("base64url");
}

function pathOf(claim: AddressClaim): string {
	return claim.kind === "download"
		? `/blobs/${claim.sha256}`
		: `/blobs/uploads/${claim.uploadId}`;
}

/** An address on this server that works without any other proof until `expiresAt`. */
export function signAddress(
	secret: string,
	claim: AddressClaim,
	expiresAt: Date,
): string {
	const expires = Math.ceil(expiresAt.getTime() / 1000);
	const query = new URLSearchParams({ expires: String(expires) });
	if (claim.kind === "download" && claim.fileName)
		query.set("name", claim.fileName);
	query.set("signature", signatureOf(secret, claim, expires));
	return `${pathOf(claim)}?${query}`;
}

/**
 * Checks the signature of an address before its expiry, so that a forged one learns nothing.
 *
 * @throws AppError notAllowed, gone
 */
export function demandSignature(
	secret: string,
	claim: AddressClaim,
	query: URLSearchParams,
	now: Date,
): void {
	const expires = Number(query.get("expires"));
	const given = Buffer.from(query.get("signature") ?? "", "utf8");
	const wanted = Buffer.from(signatureOf(secret, claim, expires), "utf8");
	if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
		throw new AppError("notAllowed", "This address was not signed by us.");
	if (expires * 1000 < now.getTime())
		throw new AppError("gone", "This address has expired. Ask for a new one.");
}

/**
 * An expiry between one and two days ahead that stays the same for a whole day, so that a page which asks again gets
 * the same address and the browser keeps what it has.
 */
export function steadyExpiry(now: Date): Date {
	return new Date((Math.floor(now.getTime() / DAY_MS) + 2) * DAY_MS);
}
