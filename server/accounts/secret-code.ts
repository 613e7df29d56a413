import { createHash, randomBytes } from "node:crypto";

/** What is kept of a secret that was shown once. It is long and random, so no salt is needed. */
export const sha256Of = (text: string): string =>
	createHash("sha256").update(text).digest("hex");

/** 256 bits that nobody guesses, in letters that fit an address. */
export const makeSecretCode = (): string =>
	randomBytes(32).toString("base64url");
