import { z } from "zod";

export const MIN_PASSWORD_LENGTH = 10;
/** More would only be work for the hash function. */
const MAX_PASSWORD_LENGTH = 200;

const tooSimple = (password: string) => new Set(password).size < 4;

/** A password that is being chosen. */
export const newPassword = z
	.string()
	.min(
		MIN_PASSWORD_LENGTH,
		`must have at least ${MIN_PASSWORD_LENGTH} characters`,
	)
	.max(
		MAX_PASSWORD_LENGTH,
		`must have at most ${MAX_PASSWORD_LENGTH} characters`,
	)
	.refine(
		(password) => !tooSimple(password),
		"must not be the same few characters over and over",
	);

/** A password that is tried. */
export const givenPassword = z.string().min(1).max(MAX_PASSWORD_LENGTH);
