/** What the agent tells its owner, a sentence each, with details for whoever searches. */
export interface AgentLog {
	info(sentence: string, details?: Record<string, unknown>): void;
	warn(sentence: string, details?: Record<string, unknown>): void;
}
