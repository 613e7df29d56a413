import { AgentError, sentenceOf } from "../core/agent-error.ts";
import type { OwnerRules } from "../core/protocol.ts";
import {
	effectiveRules,
	LOOSEST_RULES,
	type RuleBook,
} from "../core/rules/effective-rules.ts";
import { parseRule, RULE_NAMES, ruleWord } from "../core/rules/parse-rule.ts";
import { getIdentity } from "../state/identity.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { readRules, writeDeviceRules } from "../state/stored-rules.ts";
import { askAgent } from "./control-client.ts";

/** Which rules hold, and where each comes from. */
export interface RulesAnswer extends RuleBook {
	rules: OwnerRules;
}

/** @throws AgentError `identity` when the device is not enrolled */
export async function showRules(state: StateFolder): Promise<RulesAnswer> {
	await getIdentity(state);
	const book = await readRules(state);
	return { ...book, rules: effectiveRules(book) };
}

/**
 * Says a rule at the device. It can only be stricter than the portal's; a running agent obeys at once.
 * @throws AgentError `usage` with what is wrong; nothing is changed then
 */
export async function setRule(
	state: StateFolder,
	word: string,
	text: string,
): Promise<RulesAnswer> {
	const change = parse(word, text);
	const { device } = await showRules(state);
	return keep(state, { ...device, ...change });
}

/** Forgets what was said at the device: of one rule, or of all. */
export async function clearRules(
	state: StateFolder,
	word: string | undefined,
): Promise<RulesAnswer> {
	const { device } = await showRules(state);
	if (word === undefined) return keep(state, LOOSEST_RULES);
	const name = RULE_NAMES.find((known) => ruleWord(known) === word);
	if (!name) throw new AgentError("usage", `There is no rule ${word}.`);
	return keep(state, { ...device, [name]: LOOSEST_RULES[name] });
}

async function keep(
	state: StateFolder,
	device: OwnerRules,
): Promise<RulesAnswer> {
	await writeDeviceRules(state, device);
	await askAgent(state, { command: "rules" });
	return showRules(state);
}

function parse(word: string, text: string): Partial<OwnerRules> {
	try {
		return parseRule(word, text);
	} catch (error) {
		throw new AgentError("usage", sentenceOf(error));
	}
}

/** A line for each rule, for people; those that the device itself made stricter are marked. */
export function describeRules({ rules, portal }: RulesAnswer): string {
	return RULE_NAMES.map((name) => {
		const own = JSON.stringify(rules[name]) !== JSON.stringify(portal[name]);
		const value =
			name === "hours" ? describeHours(rules) : describe(rules[name]);
		return `${ruleWord(name).padEnd(20)} ${value}${own ? "  (said at the device)" : ""}`;
	}).join("\n");
}

function describe(value: OwnerRules[keyof OwnerRules]): string {
	if (value === null) return "any";
	if (typeof value === "boolean") return value ? "yes" : "no";
	if (Array.isArray(value)) return value.join(", ") || "none";
	return String(value);
}

const DAY_NAMES = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

const describeHours = ({ hours }: OwnerRules) =>
	hours
		.map(
			({ days, from, until }) =>
				`${days.map((day) => DAY_NAMES[day]).join(" ")} ${from}-${until}`,
		)
		.join(", ") || "always";
