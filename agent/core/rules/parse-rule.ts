import { z } from "zod";
import {
	type OwnerRules,
	ownerRulesSchema,
	type WeekHours,
	weekHoursSchema,
} from "../protocol.ts";

type RuleName = keyof OwnerRules;

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** A rule's name as it is written in a shell: `cpu-limit` for cpuLimit. */
export const ruleWord = (name: string): string =>
	name.replace(/[A-Z]+/g, (letters) => `-${letters.toLowerCase()}`);

export const RULE_NAMES = Object.keys(ownerRulesSchema.shape) as RuleName[];

/**
 * One rule from two words of the command line, such as `cpu-limit 20`, `on-battery yes`, `hours "mon-fri 22:00-06:00"`,
 * `programs ffmpeg,blender`, `temperature-limit none`.
 *
 * @throws RangeError with a sentence that says what is wrong
 */
export function parseRule(word: string, text: string): Partial<OwnerRules> {
	const name = RULE_NAMES.find(
		(known) => ruleWord(known) === word || known === word,
	);
	if (!name)
		throw new RangeError(
			`There is no rule ${word}. Rules: ${RULE_NAMES.map(ruleWord).join(", ")}.`,
		);
	const parsed = ownerRulesSchema.shape[name].safeParse(readValue(name, text));
	if (parsed.success) return { [name]: parsed.data };
	const { message, path } = parsed.error.issues[0] ?? {
		message: "?",
		path: [],
	};
	throw new RangeError(
		`${word} cannot be "${text}": ${[...path, message].join(": ")}.`,
	);
}

function readValue(name: RuleName, text: string): unknown {
	const words = text
		.split(",")
		.map((part) => part.trim())
		.filter(Boolean);
	const example = EXAMPLES[name];
	if (/^(none|all|any|always)$/i.test(text))
		return Array.isArray(example) ? [] : null;
	if (name === "hours") return words.map(parseHours);
	if (Array.isArray(example) || NULLABLE_LISTS.includes(name)) return words;
	if (typeof example === "boolean")
		return /^(yes|true|on)$/i.test(text)
			? true
			: /^(no|false|off)$/i.test(text)
				? false
				: text;
	return text === "" ? text : Number(text);
}

/** Of what kind each rule's value is. */
const EXAMPLES: Partial<OwnerRules> = {
	...ownerRulesSchema.parse({}),
	temperatureLimit: 85,
};
/** Null is all of them, which is not the same as none. */
const NULLABLE_LISTS: readonly RuleName[] = ["projects", "areas"];

/** `mon-fri 22:00-06:00`, `sat 00:00-24:00`, `08:00-12:00` (every day). */
export function parseHours(text: string): WeekHours {
	const match = /^(?:([a-z]{3})(?:-([a-z]{3}))? +)?(\S+)-(\S+)$/i.exec(text);
	const [, first, last, from, until] = match ?? [];
	const begin = first ? DAYS.indexOf(first.toLowerCase()) : 0;
	const end = last ? DAYS.indexOf(last.toLowerCase()) : first ? begin : 6;
	if (!match || begin < 0 || end < 0)
		throw new RangeError(
			`"${text}" are no hours. Say for example "mon-fri 22:00-06:00".`,
		);
	const days = Array.from(
		{ length: ((end - begin + 7) % 7) + 1 },
		(_, at) => (begin + at) % 7,
	);
	const hours = weekHoursSchema.safeParse({ days, from, until });
	if (hours.success) return hours.data;
	throw new RangeError(
		`"${text}" are no hours: ${z.prettifyError(hours.error)}`,
	);
}
