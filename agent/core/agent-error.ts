/** How `lull-agent` ends. Scripts may rely on these numbers; docs/guides/agent.md lists them. */
export const EXIT_CODE = {
	ok: 0,
	/** Something failed that we did not foresee. */
	failed: 1,
	/** The command line or the configuration is wrong. */
	usage: 2,
	/** Not enrolled yet, or enrolled already. */
	identity: 3,
	/** Another agent runs on the same state folder. */
	locked: 4,
	/** The container engine does not answer. */
	engine: 5,
	/** The server refused for good: code expired, device retired or unknown. */
	refused: 6,
	/** The server does not answer. */
	server: 7,
	/** No agent runs on this state folder. */
	notRunning: 8,
} as const;

/** An error that the owner can act on: one sentence, and how the program ends. */
export class AgentError extends Error {
	readonly exit: keyof typeof EXIT_CODE;

	constructor(exit: keyof typeof EXIT_CODE, sentence: string) {
		super(sentence);
		this.name = "AgentError";
		this.exit = exit;
	}
}

/** The sentence of anything that can be thrown. */
export function sentenceOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** Whether an operating-system call failed with this code, such as ENOENT. */
export function isErrno(error: unknown, ...codes: string[]): boolean {
	return (
		error instanceof Error &&
		codes.includes(String((error as { code?: unknown }).code))
	);
}
