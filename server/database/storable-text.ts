/** Text as PostgreSQL can hold it: a program may print anything, NUL and half a surrogate pair included. */
export const storableText = (text: string): string =>
	text.replaceAll("\0", "\ufffd").toWellFormed();
