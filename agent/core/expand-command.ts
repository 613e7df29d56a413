import type { Parameters } from "./protocol.ts";

/** A placeholder in a command template: `{name}`. `{{` and `}}` stand for the braces themselves. */
const PLACEHOLDER = /\{\{|\}\}|\{([A-Za-z_][A-Za-z0-9_]{0,39})\}/g;

/** The names of the parameters that a command template asks for, each once, in order of appearance. */
export function listPlaceholders(template: readonly string[]): string[] {
	const names = template.flatMap((part) =>
		[...part.matchAll(PLACEHOLDER)].flatMap((match) => match[1] ?? []),
	);
	return [...new Set(names)];
}

/**
 * The command of one work unit: each `{name}` of the template replaced by the work unit's parameter, inside its own
 * argv element, so that a parameter can never become a second argument or reach a shell.
 *
 * @throws RangeError when a parameter is missing
 */
export function expandCommand(
	template: readonly string[],
	parameters: Parameters,
): string[] {
	return template.map((part) =>
		part.replaceAll(PLACEHOLDER, (token, name: string | undefined) => {
			if (name === undefined) return token[0] ?? "";
			if (!Object.hasOwn(parameters, name))
				throw new RangeError(
					`The command needs {${name}}, which has no value.`,
				);
			return parameters[name] ?? "";
		}),
	);
}
