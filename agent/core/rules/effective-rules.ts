import { type OwnerRules, ownerRulesSchema } from "../protocol.ts";
import { mergeRules } from "./merge-rules.ts";

/**
 * The device's own rules while nothing was said there. They can only make the portal's stricter, so these are the
 * loosest there are and not the defaults.
 */
export const LOOSEST_RULES: OwnerRules = {
	...ownerRulesSchema.parse({}),
	cpuLimit: 100,
	memoryHeadroom: 0,
	temperatureLimit: null,
	onBattery: true,
	onMetered: true,
};

/** What the portal said last and what was said at the device. */
export interface RuleBook {
	portal: OwnerRules;
	device: OwnerRules;
}

/** What the device obeys: each time the stricter one. */
export const effectiveRules = ({ portal, device }: RuleBook): OwnerRules =>
	mergeRules(portal, device);
