import type { AgentSession } from "./agent-session.ts";

/** The devices that are connected to this process, each through one session. */
export class SessionRegistry {
	readonly #sessions = new Map<string, AgentSession>();

	/** Takes the place of an older connection of the same device, which is closed. */
	add(session: AgentSession): void {
		const older = this.#sessions.get(session.deviceId);
		this.#sessions.set(session.deviceId, session);
		older?.socket.disconnect(true);
	}

	/** False when another connection has taken its place already. */
	remove(session: AgentSession): boolean {
		if (this.#sessions.get(session.deviceId) !== session) return false;
		return this.#sessions.delete(session.deviceId);
	}

	find(deviceId: string): AgentSession | undefined {
		return this.#sessions.get(deviceId);
	}

	list(): AgentSession[] {
		return [...this.#sessions.values()];
	}
}
