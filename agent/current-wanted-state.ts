import { lentCapacity } from "./core/lent-capacity.ts";
import type { Limits } from "./core/make-offer.ts";
import type { WantedState } from "./core/plan.ts";
import type { EngineInfo } from "./engine/container-engine.ts";
import type { DeviceGuard } from "./guard/device-guard.ts";
import type { WantedTasks } from "./tasks/wanted-tasks.ts";

/** What should be on the device right now: what the server wants of it, as far as the guard lets it be there. */
export function currentWantedState(from: {
	wanted: WantedTasks;
	guard: DeviceGuard;
	limits: Limits;
	info: EngineInfo;
}): WantedState {
	const { wanted, guard } = from;
	const { giveBack, takeNothing } = guard.decide();
	return {
		tasks: wanted.unfinished,
		giveBack,
		takeNothing,
		endings: guard.listEndings(wanted.all),
		frozen: guard.aside !== undefined,
		capacity: lentCapacity(from.limits, from.info, guard.rules.memoryHeadroom),
	};
}
