import { filePathSchema } from "../../../agent/core/protocol.ts";
import type { NewInput, SourceItem } from "./work-unit-source.ts";

/** Files that computers leave in folders and nobody means to compute. */
const CLUTTER = /(^|\/)(__MACOSX\/|\._|\.DS_Store$|Thumbs\.db$)/;

export const isClutter = (path: string): boolean => CLUTTER.test(path);

/**
 * The work unit of one data file. Its path below /input is also the parameter `file`; `name` is the same without
 * folders and extension.
 */
export function toFileItem(
	line: number,
	path: string,
	content: Omit<NewInput, "path">,
): SourceItem {
	const parsed = filePathSchema.safeParse(path.replace(/^(\.\/)+/, ""));
	if (!parsed.success)
		return {
			line,
			problem: `“${path.slice(0, 80)}” is no name for a file: ${parsed.error.issues[0]?.message}.`,
		};
	const file = parsed.data;
	const name = (file.split("/").at(-1) ?? file).replace(/(?<=.)\.[^.]*$/, "");
	return {
		line,
		unit: {
			parameters: { file, name },
			inputs: [{ path: file, ...content }],
		},
	};
}
