import type { Offer } from "../../agent/core/protocol.ts";
import { countedOwner } from "../devices/counted-owner.ts";
import type { AgentSession } from "../gateway/agent-session.ts";
import type { LiveForecasts } from "../predictor/forecast/live-forecasts.ts";
import type { DeviceOffer } from "./placement-plan.ts";

/** With less than this a device has no room for even a small task. */
const LEAST_CORES = 0.1;
const LEAST_MEMORY_MIB = 16;

/** What the connected devices can take now, and how many take work but have all they can. */
export interface Offers {
	offers: DeviceOffer[];
	full: number;
}

/** Left out are devices that are closed to new work, not measured yet, or of which we know nothing yet. */
export function listOffers(
	sessions: readonly AgentSession[],
	forecasts: Pick<LiveForecasts, "find">,
): Offers {
	const offers: DeviceOffer[] = [];
	let full = 0;
	for (const session of sessions) {
		const { offer, facts } = session;
		if (!offer?.accepting || !facts?.platform || facts.closed) continue;
		const { free } = session;
		if (free.cores < LEAST_CORES || free.memoryMiB < LEAST_MEMORY_MIB) full++;
		else
			offers.push({
				deviceId: session.deviceId,
				ownerId: countedOwner(session.deviceId, session.ownerId),
				platform: facts.platform,
				floatOpsPerSecond: facts.floatOpsPerSecond,
				rules: facts.rules,
				forecasts: forecasts.find(session.deviceId) ?? null,
				free,
				...readOffer(offer),
			});
	}
	return { offers, full };
}

type Read = Pick<DeviceOffer, "capacity" | "images" | "until">;
const known = new WeakMap<Offer, Read>();

/** Offers stay for some seconds and are looked at many times. */
function readOffer(offer: Offer): Read {
	const before = known.get(offer);
	if (before) return before;
	const { cores, memoryMiB, diskMiB, images, until } = offer;
	const read = {
		capacity: { cores, memoryMiB, diskMiB },
		images: new Set(images),
		until: until ? new Date(until) : null,
	};
	known.set(offer, read);
	return read;
}
