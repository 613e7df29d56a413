import { expect, test } from "vitest";
import { AppError } from "../../../server/errors.ts";
import {
	demandSignature,
	signAddress,
	steadyExpiry,
} from "../../../server/storage/blobs/signed-address.ts";

const secret = "s".repeat(40);
const sha256 = "a".repeat(64);
const now = new Date("2026-03-01T12:00:00Z");
const later = new Date("2026-03-01T13:00:00Z");
const claim = { kind: "download", sha256, fileName: "result.csv" } as const;
const queryOf = (address: string) => new URL(address, "http://x").searchParams;
const codeOf = (work: () => void) => {
	try {
		work();
		return "fine";
	} catch (error) {
		return error instanceof AppError ? error.code : error;
	}
};

test("a signed address works until it expires", () => {
	const query = queryOf(signAddress(secret, claim, later));
	const at = (time: Date) =>
		codeOf(() => demandSignature(secret, claim, query, time));
	expect(at(now)).toBe("fine");
	expect(at(new Date("2026-03-01T13:00:01Z"))).toBe("gone");
});

test.each([
	["another blob", { ...claim, sha256: "b".repeat(64) }],
	["another file name", { ...claim, fileName: "evil.csv" }],
	["an upload", { kind: "upload", uploadId: sha256 } as const],
])("a signature for a blob does not open %s", (_what, other) => {
	const query = queryOf(signAddress(secret, claim, later));
	expect(codeOf(() => demandSignature(secret, other, query, now))).toBe(
		"notAllowed",
	);
});

test.each([
	["expires", "99999999999"],
	["expires", "NaN"],
	["signature", ""],
	["signature", "ä".repeat(43)],
])("changing %s to %j spoils the address", (name, value) => {
	const query = queryOf(signAddress(secret, claim, later));
	query.set(name, value);
	expect(codeOf(() => demandSignature(secret, claim, query, now))).toBe(
		"notAllowed",
	);
});

test("a steady expiry stays the same within a day and is never less than a day away", () => {
	expect(steadyExpiry(now)).toEqual(steadyExpiry(later));
	expect(steadyExpiry(now).getTime() - now.getTime()).toBeGreaterThan(864e5);
});
