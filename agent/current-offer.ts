import type { DutyAverage } from "./core/duty-average.ts";
import { type Limits, makeOffer } from "./core/make-offer.ts";
import type { Offer } from "./core/protocol.ts";
import { endOfHours } from "./core/rules/week-hours.ts";
import type { EngineInfo } from "./engine/container-engine.ts";
import type { Images } from "./engine/images.ts";
import type { DeviceGuard } from "./guard/device-guard.ts";
import type { DeviceSampler } from "./senses/device-sampler.ts";
import type { TelemetryLoop } from "./senses/telemetry-loop.ts";

const MIB = 2 ** 20;

/** What the device can spare right now, by everything that the agent knows of it. */
export function currentOffer(from: {
	limits: Limits;
	info: EngineInfo;
	guard: DeviceGuard;
	sampler: DeviceSampler;
	telemetry: TelemetryLoop;
	average: DutyAverage;
	images: Images;
	now: Date;
}): Offer {
	const { info, images } = from;
	const { memory } = from.sampler;
	const { rules } = from.guard;
	return makeOffer({
		limits: from.limits,
		cores: info.cores,
		cpuLimit: rules.cpuLimit,
		memoryHeadroom: rules.memoryHeadroom,
		memoryTotalMiB: info.memoryBytes / MIB,
		memoryAvailableMiB: (memory?.availableBytes ?? 0) / MIB,
		memoryOursMiB: (memory?.oursBytes ?? 0) / MIB,
		diskFreeMiB: from.telemetry.latest?.diskFreeMiB ?? 0,
		dutyCpu: from.average.percent,
		images: [...images.ids],
		until: endOfHours(rules.hours, from.now),
		refusal: from.guard.decide().reason,
	});
}
