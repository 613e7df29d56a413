import type { AppVersion } from "../../../project-types";
import type { ChosenSource } from "./folder-field";
import { joinCommand, splitCommand } from "./split-command";

export type SourceKind = "dockerfile" | "archive" | "reference" | "code";

/** What the fields hold, as text, while a version is described. */
export interface VersionDraft {
	kind: SourceKind;
	chosen: ChosenSource | null;
	dockerfile: string;
	reference: string;
	runtime: string;
	entryPoint: string;
	command: string;
	cores: string;
	memoryMiB: string;
	diskMiB: string;
	estimatedOperations: string;
	comparison: "bitwise" | "numeric";
	format: "json" | "csv" | "table";
	absolute: string;
	relative: string;
	/** How work units are cut: not at all, by a parameter for their size, or by one for their last. */
	cutting: "none" | "size" | "last";
	cutFirst: string;
	cutSecond: string;
	cutSmallest: string;
}

export const blankDraft: VersionDraft = {
	kind: "dockerfile",
	chosen: null,
	dockerfile: "Dockerfile",
	reference: "",
	runtime: "python3",
	entryPoint: "",
	command: "",
	cores: "1",
	memoryMiB: "256",
	diskMiB: "256",
	estimatedOperations: "1e10",
	comparison: "bitwise",
	format: "csv",
	absolute: "0",
	relative: "1e-9",
	cutting: "none",
	cutFirst: "",
	cutSecond: "",
	cutSmallest: "1",
};

/** What is asked of the API, with `uploadId` for the sources that have one. */
export const requestOf = (draft: VersionDraft, uploadId: string) => ({
	source: sourceOf(draft, uploadId),
	...termsOf(draft),
});

/** The fields of a version that exists. Its source is not among what can be changed. */
export const draftOf = (version: AppVersion): VersionDraft => ({
	...blankDraft,
	command: joinCommand(version.command),
	cores: String(version.cores),
	memoryMiB: String(version.memoryMiB),
	diskMiB: String(version.diskMiB),
	estimatedOperations: String(version.estimatedOperations),
	comparison: version.comparison.kind,
	...(version.comparison.kind === "numeric" && {
		format: version.comparison.format,
		absolute: String(version.comparison.absolute),
		relative: String(version.comparison.relative),
	}),
	...(version.cutting && {
		cutting: version.cutting.size ? ("size" as const) : ("last" as const),
		cutFirst: version.cutting.first,
		cutSecond: version.cutting.size ?? version.cutting.last ?? "",
		cutSmallest: String(version.cutting.smallest),
	}),
});

/** What runs, what it needs, and how its results are compared. */
export function termsOf(draft: VersionDraft) {
	return {
		command: splitCommand(draft.command),
		cores: Number(draft.cores),
		memoryMiB: Number(draft.memoryMiB),
		diskMiB: Number(draft.diskMiB),
		estimatedOperations: Number(draft.estimatedOperations),
		comparison:
			draft.comparison === "bitwise"
				? { kind: "bitwise" as const }
				: {
						kind: "numeric" as const,
						format: draft.format,
						absolute: Number(draft.absolute),
						relative: Number(draft.relative),
					},
		cutting:
			draft.cutting === "none"
				? null
				: {
						first: draft.cutFirst.trim(),
						[draft.cutting]: draft.cutSecond.trim(),
						smallest: Number(draft.cutSmallest),
					},
	};
}

function sourceOf(draft: VersionDraft, uploadId: string) {
	switch (draft.kind) {
		case "dockerfile":
			return {
				kind: draft.kind,
				uploadId,
				dockerfile: draft.dockerfile.trim() || "Dockerfile",
			};
		case "archive":
			return { kind: draft.kind, uploadId };
		case "reference":
			return { kind: draft.kind, reference: draft.reference.trim() };
		case "code":
			return {
				kind: draft.kind,
				uploadId,
				runtime: draft.runtime,
				entryPoint: draft.entryPoint.trim(),
			};
	}
}
