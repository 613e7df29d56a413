/** A job took more time or memory than it may. Its thread has been ended; nothing else was harmed. */
export class ThreadLimitError extends Error {
	readonly limit: "time" | "memory";

	constructor(limit: "time" | "memory", job: string) {
		super(`“${job}” needed more ${limit} than a thread may take.`);
		this.name = "ThreadLimitError";
		this.limit = limit;
	}
}
