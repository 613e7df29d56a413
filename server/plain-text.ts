import { z } from "zod";

// PostgreSQL stores neither; JSON carries both.
const isStorable = (text: string) =>
	!text.includes("\u0000") && !/\p{Surrogate}/u.test(text);

/** Text from outside that the database can keep: at most `max` characters, no NUL, no half of a surrogate pair. */
export const plainText = (max: number) =>
	z
		.string()
		.max(max)
		.refine(isStorable, "contains characters that cannot be stored");

/** A name of one line: trimmed, not empty, no control characters. */
export const lineOfText = (max: number) =>
	plainText(max)
		.trim()
		.min(1)
		.refine((text) => !/\p{Cc}/u.test(text), "must be a single line");
