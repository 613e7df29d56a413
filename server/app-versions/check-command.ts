import { z } from "zod";
import { listPlaceholders } from "../../agent/core/expand-command.ts";

/**
 * What is wrong with the braces of one part of a command template, in a sentence; undefined when they are right.
 * `{name}` is a parameter; `{{` and `}}` stand for the braces themselves.
 */
export function findBraceError(part: string): string | undefined {
	const rest = part.replaceAll(
		/\{\{|\}\}|\{[A-Za-z_][A-Za-z0-9_]{0,39}\}/g,
		(token) => " ".repeat(token.length),
	);
	const at = rest.search(/[{}]/);
	if (at < 0) return undefined;
	const where = `at character ${at + 1} of “${part.slice(0, 80)}”`;
	if (rest[at] === "}")
		return `There is a } without its { ${where}. Write }} for the character itself.`;
	const inside = /^\{([^{}]*)\}/.exec(part.slice(at))?.[1];
	if (inside === undefined)
		return `There is a { without its } ${where}. Write {{ for the character itself.`;
	return `“{${inside.slice(0, 60)}}” ${where} is no parameter: a name has letters, digits and _, does not begin with a digit and is 40 characters long at the most. Write {{ and }} for the braces themselves.`;
}

/**
 * An argv: the program and its arguments, each its own element, never a shell's line. The first is the program and
 * holds no parameter, so that what a reviewer approves is what runs.
 */
export const commandSchema = z
	.array(
		z
			.string()
			.max(4096)
			.refine(
				(part) => !part.includes("\u0000") && !/\p{Surrogate}/u.test(part),
				"must be plain text",
			),
	)
	.min(1, "Say what to run: the program and its arguments.")
	.max(256)
	.superRefine((command, context) => {
		if (command[0]?.trim() === "")
			context.addIssue({
				code: "custom",
				path: [0],
				message: "The first part is the program to run.",
			});
		if (listPlaceholders(command.slice(0, 1)).length > 0)
			context.addIssue({
				code: "custom",
				path: [0],
				message:
					"The program itself cannot be a parameter: a reviewer must see what will run.",
			});
		command.forEach((part, index) => {
			const error = findBraceError(part);
			if (error)
				context.addIssue({ code: "custom", path: [index], message: error });
		});
	});
