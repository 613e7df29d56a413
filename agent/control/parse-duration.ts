import { AgentError } from "../core/agent-error.ts";

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const LONGEST_MS = 366 * UNITS.d;

/**
 * Milliseconds of `90m`, `2h`, `1d`.
 * @throws AgentError `usage`
 */
export function parseDuration(text: string): number {
	const [, amount, unit] = /^(\d+(?:\.\d+)?)([mhd])$/.exec(text.trim()) ?? [];
	const ms = Number(amount) * UNITS[unit as keyof typeof UNITS];
	if (ms > 0 && ms <= LONGEST_MS) return ms;
	throw new AgentError(
		"usage",
		`"${text}" is not a time such as 30m, 2h or 1d (a year at the most).`,
	);
}
