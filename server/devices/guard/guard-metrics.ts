import { Counter, Histogram, type Registry } from "prom-client";
import type { GuardRecord } from "../../../agent/core/protocol.ts";

/** Milliseconds; the promise is 300. */
const LATENCY_BUCKETS = [
	10, 25, 50, 100, 150, 200, 300, 500, 1_000, 2_000, 5_000,
];

/** Counts what the guards of the devices that are connected to this process say that they did. */
export function createGuardMetrics(
	registry: Registry,
): (records: readonly GuardRecord[]) => void {
	const actions = new Counter({
		name: "lull_guard_actions_total",
		help: "What guards did: freeze, thaw, checkpoint, giveBack, remove; by reason",
		labelNames: ["action", "reason"],
		registers: [registry],
	});
	const latency = new Histogram({
		name: "lull_guard_latency_milliseconds",
		help: "From what showed the owner to when the device was theirs again",
		labelNames: ["action"],
		buckets: LATENCY_BUCKETS,
		registers: [registry],
	});
	return (records) => {
		for (const { action, reason, latencyMs } of records) {
			actions.inc({ action, reason });
			if (latencyMs !== null) latency.observe({ action }, latencyMs);
		}
	};
}
