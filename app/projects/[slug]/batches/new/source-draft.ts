import type { WorkUnitSource } from "@/server/work-units/submit/work-unit-source";

/** A file that was chosen: on its way, or on the server. */
export interface DraftFile {
	key: string;
	name: string;
	bytes: number;
	sent: number;
	/** Set once the server has it. */
	uploadId?: string;
	error?: string;
}

/** A range as it is typed. */
export interface DraftRange {
	key: string;
	name: string;
	from: string;
	to: string;
	step: string;
	endName: string;
}

/** Everything that was entered about where the work units come from; each kind keeps its own while others are tried. */
export interface SourceDraft {
	kind: WorkUnitSource["kind"];
	ranges: DraftRange[];
	rows: DraftFile[];
	files: DraftFile[];
	lines: DraftFile[];
	linesPerPart: string;
}

let made = 0;
export const newKey = (): string => `draft-${made++}`;

export const emptyRange = (name = ""): DraftRange => ({
	key: newKey(),
	name,
	from: "0",
	to: "100",
	step: "1",
	endName: "",
});

/** A draft with a range for each parameter that the command asks for, which is the most common wish. */
export function draftFor(placeholders: readonly string[]): SourceDraft {
	const [first = "n", second, ...others] = placeholders;
	// {start} and {end} are one range that tells both ends of its steps.
	const isPair = second === "end" && others.length === 0;
	const ranges = isPair
		? [{ ...emptyRange(first), endName: second, step: "10" }]
		: [first, ...(second ? [second] : []), ...others].map(emptyRange);
	return {
		kind: "ranges",
		ranges: ranges.slice(0, 8),
		rows: [],
		files: [],
		lines: [],
		linesPerPart: "1000",
	};
}

const uploadIdsOf = (files: readonly DraftFile[]): string[] =>
	files.flatMap(({ uploadId }) => uploadId ?? []);

/** What the draft amounts to, or the sentence that says what is missing. */
export function toSource(draft: SourceDraft): WorkUnitSource | string {
	if (draft.kind === "ranges") return toRanges(draft.ranges);
	const files = draft[draft.kind];
	if (files.length === 0) return "Choose a file first.";
	const uploadIds = uploadIdsOf(files);
	const [uploadId] = uploadIds;
	if (!uploadId || uploadIds.length < files.length)
		return files.some(({ error }) => error)
			? "A file could not be uploaded. Remove it or try it again."
			: "Wait until the files are uploaded.";
	if (draft.kind === "files") return { kind: "files", uploadIds };
	if (draft.kind === "rows") return { kind: "rows", uploadId };
	const linesPerPart = Number(draft.linesPerPart);
	if (!Number.isInteger(linesPerPart) || linesPerPart < 1)
		return "Say how many lines each part has: a whole number from 1.";
	return { kind: "lines", uploadId, linesPerPart, file: "lines.txt" };
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,39}$/;
const NUMBER = /^[+-]?\d{1,18}(\.\d{1,18})?$/;

function toRanges(ranges: readonly DraftRange[]): WorkUnitSource | string {
	for (const { name, endName, from, to, step } of ranges) {
		if (!NAME.test(name))
			return "Each range names a parameter: letters, digits and _.";
		if (endName && !NAME.test(endName))
			return `“${endName}” is no name for a parameter.`;
		if (![from, to, step].every((number) => NUMBER.test(number.trim())))
			return `The range “${name}” needs numbers like -3 or 0.25.`;
	}
	return {
		kind: "ranges",
		ranges: ranges.map(({ name, endName, from, to, step }) => ({
			name,
			from: from.trim(),
			to: to.trim(),
			step: step.trim(),
			...(endName && { endName }),
		})),
	};
}
