/** What to tell a person about anything that was thrown. The API's sentences are written for people. */
export function errorSentence(error: unknown): string {
	if (!(error instanceof Error)) return "Something went wrong.";
	if (/failed to fetch|networkerror|load failed/i.test(error.message))
		return "The server cannot be reached. Check the connection and try again.";
	return error.message || "Something went wrong.";
}

/** The API's stable code of an error, such as `notFound`; undefined when it did not come from the API. */
export function errorCode(error: unknown): string | undefined {
	const data = (error as { data?: { problem?: { type?: string } } } | null)
		?.data;
	return data?.problem?.type?.replace("urn:lull:problem:", "");
}

/** The sentence about one field of the input, when the error is about it. */
export function fieldError(error: unknown, field: string): string | undefined {
	const data = (
		error as {
			data?: { problem?: { issues?: { path: string[]; message: string }[] } };
		} | null
	)?.data;
	const message = data?.problem?.issues?.find(
		({ path }) => path[0] === field,
	)?.message;
	return message && message.charAt(0).toUpperCase() + message.slice(1);
}
