import { listPlaceholders } from "../../../agent/core/expand-command.ts";
import type { Parameters } from "../../../agent/core/protocol.ts";

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,39}$/;
const LONGEST_VALUE = 4096;
const MOST_PARAMETERS = 200;
/** Of all values of one work unit: they travel in every assignment. What is more belongs into an input file. */
const MOST_CHARACTERS = 65_536;

/** What is wrong with a parameter's name, in a sentence; undefined when it is right. */
export function findNameError(name: string): string | undefined {
	// "__proto__" is a name like any other, but not to every program that a manifest passes through.
	return NAME.test(name) && name !== "__proto__"
		? undefined
		: `“${name.slice(0, 60)}” is no name for a parameter: letters, digits and _, not a digit first, up to 40 characters.`;
}

/**
 * Answers with a function that says what is wrong with a work unit's parameters for this command, in a sentence;
 * undefined when nothing is.
 */
export function createParameterCheck(
	command: readonly string[],
): (parameters: Parameters) => string | undefined {
	const needed = listPlaceholders(command);
	return (parameters) => {
		const missing = needed.find((name) => !Object.hasOwn(parameters, name));
		if (missing)
			return `The command needs a parameter “${missing}”, which is not there.`;
		const entries = Object.entries(parameters);
		if (entries.length > MOST_PARAMETERS)
			return `There are more than ${MOST_PARAMETERS} parameters.`;
		let characters = 0;
		for (const [name, value] of entries) {
			const error = findNameError(name) ?? findValueError(name, value);
			if (error) return error;
			characters += value.length;
		}
		return characters > MOST_CHARACTERS
			? `All values together have more than ${MOST_CHARACTERS} characters. Give what is more as an input file.`
			: undefined;
	};
}

function findValueError(name: string, value: string): string | undefined {
	if (value.length > LONGEST_VALUE)
		return `The value of “${name}” has more than ${LONGEST_VALUE} characters.`;
	// Neither can be part of a command's argument, nor be stored.
	if (value.includes("\u0000") || /\p{Surrogate}/u.test(value))
		return `The value of “${name}” has characters that no command can be given.`;
	return undefined;
}
