import { createHash, randomInt } from "node:crypto";
import { normaliseCode } from "../../../agent/core/protocol.ts";

/** No 0, O, 1, I, L or U: the code is read from a screen and may be typed on another machine. */
const ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
/** 10 characters out of 30 are 49 bits: hopeless to guess in the ten minutes that a code lives. */
const LENGTH = 10;

/** How long a code may be used after it was shown. */
export const ENROLMENT_CODE_LIFETIME_MS = 10 * 60_000;

/** A new random code as people see it: `ABCD-EFGH-JK`. */
export function makeEnrolmentCode(): string {
	const letters = Array.from(
		{ length: LENGTH },
		() => ALPHABET[randomInt(ALPHABET.length)],
	).join("");
	return `${letters.slice(0, 4)}-${letters.slice(4, 8)}-${letters.slice(8)}`;
}

/** What the database keeps instead of the code. Case and hyphens do not matter. */
export const hashEnrolmentCode = (code: string): string =>
	createHash("sha256").update(normaliseCode(code)).digest("hex");
