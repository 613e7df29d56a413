import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { Db } from "./database/db.ts";
import { measureLoopDelay } from "./loops/loop-delay.ts";
import { ARRIVED_STATES } from "./work-units/batch-states.ts";
import { listStates, ON_DEVICE_STATES } from "./work-units/task-states.ts";

/** What Prometheus reads at /metrics: this process, and the network's state as the database has it at that moment. */
export function createMetrics(db: Db): Registry {
	const registry = new Registry();
	collectDefaultMetrics({ register: registry, prefix: "lull_" });
	const loopDelay = measureLoopDelay();
	new Gauge({
		name: "lull_event_loop_delay_seconds",
		help: "How late this process's event loop was since it was last asked: half of the time, one time in a hundred, at most",
		labelNames: ["quantile"],
		registers: [registry],
		collect() {
			const { p50, p99, max } = loopDelay.read();
			this.set({ quantile: "0.5" }, p50);
			this.set({ quantile: "0.99" }, p99);
			this.set({ quantile: "1" }, max);
		},
	});
	new Gauge({
		name: "lull_devices",
		help: "Devices by state",
		labelNames: ["state"],
		registers: [registry],
		async collect() {
			this.reset();
			const rows = await db.device.groupBy({ by: ["state"], _count: true });
			for (const { state, _count } of rows) this.set({ state }, _count);
		},
	});
	new Gauge({
		name: "lull_work_units",
		help: "Work units by state, counted on their batches",
		labelNames: ["state"],
		registers: [registry],
		async collect() {
			const { _sum } = await db.batch.aggregate({
				where: { state: { in: [...ARRIVED_STATES] } },
				_sum: {
					workUnits: true,
					doneUnits: true,
					failedUnits: true,
					cancelledUnits: true,
				},
			});
			const ended =
				(_sum.doneUnits ?? 0) +
				(_sum.failedUnits ?? 0) +
				(_sum.cancelledUnits ?? 0);
			this.set({ state: "open" }, (_sum.workUnits ?? 0) - ended);
			this.set({ state: "done" }, _sum.doneUnits ?? 0);
			this.set({ state: "failed" }, _sum.failedUnits ?? 0);
			this.set({ state: "cancelled" }, _sum.cancelledUnits ?? 0);
		},
	});
	new Gauge({
		name: "lull_tasks_on_devices",
		help: "Tasks that are leased, preparing, running or paused",
		labelNames: ["state"],
		registers: [registry],
		async collect() {
			this.reset();
			// A list of constants, by which PostgreSQL sees that the index of just these tasks has them all.
			const rows = await db.$queryRaw<{ state: string; tasks: number }[]>`
				SELECT "state"::text AS "state", count(*)::int AS "tasks" FROM "Task"
				WHERE "state" IN ${listStates(ON_DEVICE_STATES)} GROUP BY 1`;
			for (const { state, tasks } of rows) this.set({ state }, tasks);
		},
	});
	new Gauge({
		name: "lull_credit_granted",
		help: "Cobblestones granted since the beginning",
		registers: [registry],
		async collect() {
			const { _sum } = await db.projectCredit.aggregate({
				_sum: { total: true },
			});
			this.set(_sum.total ?? 0);
		},
	});
	return registry;
}

/** A gauge of what a part of this process counts itself. */
export function addCountGauge(
	registry: Registry,
	name: string,
	help: string,
	count: () => number,
): void {
	new Gauge({
		name,
		help,
		registers: [registry],
		collect() {
			this.set(count());
		},
	});
}
