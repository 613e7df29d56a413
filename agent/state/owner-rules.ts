import { mergeRules } from "../core/merge-rules.ts";
import { type OwnerRules, ownerRulesSchema } from "../core/protocol.ts";
import { readJsonFile, writeJsonFile } from "./json-file.ts";
import type { StateFolder } from "./state-folder.ts";

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

/** Both from the state folder, so that the owner's rules hold before the server has spoken. */
export async function readRules(state: StateFolder): Promise<RuleBook> {
	const [portal, device] = await Promise.all([
		readJsonFile(state.rules, ownerRulesSchema),
		readJsonFile(state.deviceRules, ownerRulesSchema),
	]);
	return {
		portal: portal ?? ownerRulesSchema.parse({}),
		device: device ?? LOOSEST_RULES,
	};
}

export const writePortalRules = (
	state: StateFolder,
	rules: OwnerRules,
): Promise<void> => writeJsonFile(state.rules, rules);

export const writeDeviceRules = (
	state: StateFolder,
	rules: OwnerRules,
): Promise<void> => writeJsonFile(state.deviceRules, rules);

/** What the device obeys: each time the stricter one. */
export const effectiveRules = ({ portal, device }: RuleBook): OwnerRules =>
	mergeRules(portal, device);
