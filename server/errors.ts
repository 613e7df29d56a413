/**
 * What can go wrong in a way that the person who asked can mend. The code is stable and part of the API; the sentence
 * is shown to people. Anything else that is thrown is a fault of ours and is shown as "internal".
 */
export const ERROR_CODES = {
	invalidInput: { status: 400, title: "The input is not valid" },
	notSignedIn: { status: 401, title: "Sign in first" },
	notAllowed: { status: 403, title: "You may not do this" },
	notFound: { status: 404, title: "There is no such thing" },
	conflict: {
		status: 409,
		title: "It is no longer in a state that allows this",
	},
	gone: { status: 410, title: "It has expired or was used already" },
	tooLarge: { status: 413, title: "It is too large" },
	tooMany: { status: 429, title: "Too many requests; wait a little" },
	unavailable: {
		status: 503,
		title: "Something this needs is not available now",
	},
	internal: { status: 500, title: "Internal error" },
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** An error that its reader can act on: a stable code and a sentence. */
export class AppError extends Error {
	readonly code: ErrorCode;
	/** Where in the input, when it is one field's fault: `["batch", "quorum"]`. */
	readonly path: readonly (string | number)[] | undefined;

	constructor(
		code: ErrorCode,
		sentence: string,
		path?: readonly (string | number)[],
	) {
		super(sentence);
		this.name = "AppError";
		this.code = code;
		this.path = path;
	}
}
