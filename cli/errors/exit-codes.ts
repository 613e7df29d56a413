/** What `lull` ends with, so that scripts can tell what happened. Part of the command's interface. */
export const EXIT = {
	ok: 0,
	/** Something went wrong that none of the others names. */
	failed: 1,
	/** The command line, or a file that it names, is not right. */
	usage: 2,
	/** Not signed in, or not allowed. */
	notAllowed: 3,
	notFound: 4,
	/** The server refused: the input, or the state that something is in. */
	refused: 5,
	/** The server could not be reached, or cannot answer now. */
	unavailable: 6,
	/** The batch is over, and some of its work units failed or were cancelled. */
	batchIncomplete: 7,
	/** Something waits for an admin, and `--no-wait` was given. */
	waiting: 8,
	interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const BY_STATUS: Record<number, ExitCode> = {
	401: EXIT.notAllowed,
	403: EXIT.notAllowed,
	404: EXIT.notFound,
	429: EXIT.unavailable,
	502: EXIT.unavailable,
	503: EXIT.unavailable,
	504: EXIT.unavailable,
};

/** The exit code for an answer that was an error. */
export const exitCodeOfStatus = (status: number): ExitCode =>
	BY_STATUS[status] ?? (status < 500 ? EXIT.refused : EXIT.failed);
