/** What a thread can be asked to do: a function of a module, which only the thread loads. */
export interface ThreadJob<Input, Output> {
	/** The module's address. */
	readonly module: string;
	/** The function's name in it. */
	readonly name: string;
	/** How long it may take, once it has a thread. */
	readonly timeoutMs: (input: Input) => number;
	/** Only for the compiler. */
	readonly types?: { input: Input; output: Output };
}

/**
 * Names a function for threads to run. Its type says what it takes and gives: both must be plain data, since they are
 * copied to the thread and back.
 *
 *   const job = threadJob<typeof measure>(new URL("./measure.ts", import.meta.url), "measure", 10_000);
 */
export const threadJob = <Work extends (input: never) => unknown>(
	module: URL,
	name: string,
	timeoutMs: number | ((input: Parameters<Work>[0]) => number),
): ThreadJob<Parameters<Work>[0], Awaited<ReturnType<Work>>> => ({
	module: module.href,
	name,
	timeoutMs: typeof timeoutMs === "number" ? () => timeoutMs : timeoutMs,
});
