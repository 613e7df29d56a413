import { expandCommand } from "../../../agent/core/expand-command.ts";
import type { Parameters } from "../../../agent/core/protocol.ts";
import { readSource, type SourceReading } from "./read-source.ts";

const COMMANDS_SHOWN = 10;
const PROBLEMS_SHOWN = 100;

export interface SourcePreview {
	workUnits: number;
	inputBytes: number;
	/** The first work units as they will run. */
	first: {
		command: string[];
		parameters: Parameters;
		inputs: { path: string; bytes: number }[];
	}[];
	problemCount: number;
	/** The first of them. */
	problems: { line: number; message: string }[];
}

/** Reads the whole source, so that the count is exact and every wrong row is found, and changes nothing. */
export async function previewSource(
	reading: Omit<SourceReading, "store">,
): Promise<SourcePreview> {
	const preview: SourcePreview = {
		workUnits: 0,
		inputBytes: 0,
		first: [],
		problemCount: 0,
		problems: [],
	};
	for await (const item of await readSource({ ...reading, store: false })) {
		if ("problem" in item) {
			preview.problemCount += 1;
			if (preview.problems.length < PROBLEMS_SHOWN)
				preview.problems.push({ line: item.line, message: item.problem });
			continue;
		}
		const { parameters, inputs } = item.unit;
		preview.workUnits += 1;
		preview.inputBytes += inputs.reduce((sum, { bytes }) => sum + bytes, 0);
		if (preview.first.length < COMMANDS_SHOWN)
			preview.first.push({
				command: expandCommand(reading.command, parameters),
				parameters,
				inputs: inputs.map(({ path, bytes }) => ({ path, bytes })),
			});
	}
	return preview;
}
