import { type OwnerRules, ownerRulesSchema } from "../core/protocol.ts";
import { LOOSEST_RULES, type RuleBook } from "../core/rules/effective-rules.ts";
import { readJsonFile, writeJsonFile } from "./json-file.ts";
import type { StateFolder } from "./state-folder.ts";

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
