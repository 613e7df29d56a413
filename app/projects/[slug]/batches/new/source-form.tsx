"use client";

import { FileStack, Rows3, Scissors, Sigma } from "lucide-react";
import { ChoiceCards } from "@/app/components/forms/choice-cards";
import { FileDropField } from "@/app/components/forms/file-drop-field";
import { TextField } from "@/app/components/forms/text-field";
import { RangeFields } from "./range-fields";
import type { DraftFile, SourceDraft } from "./source-draft";
import { UploadList } from "./upload-list";
import { useUploads } from "./use-uploads";

const KINDS = [
	{
		value: "ranges",
		label: "Ranges",
		description: "Every combination of counted numbers.",
		icon: <Sigma />,
	},
	{
		value: "rows",
		label: "Rows",
		description: "A CSV or JSON Lines file: one for each row.",
		icon: <Rows3 />,
	},
	{
		value: "files",
		label: "Data files",
		description: "One for each file, or for each file in an archive.",
		icon: <FileStack />,
	},
	{
		value: "lines",
		label: "Parts of a file",
		description: "One big file, cut by lines.",
		icon: <Scissors />,
	},
] as const;

const UPLOADS = {
	rows: {
		label: "Choose or drop the rows",
		hint: "CSV whose header names the parameters, or JSON Lines (.jsonl) with one object a line",
		accept: ".csv,.tsv,.txt,.jsonl,.ndjson",
	},
	files: {
		label: "Choose or drop the files",
		hint: "Many files, or one .zip, .tar or .tar.gz. Each is at /input/{file}; {name} is the same without its extension",
		accept: undefined,
	},
	lines: {
		label: "Choose or drop the file",
		hint: "Each part is at /input/lines.txt; {part}, {firstLine} and {lineCount} say which it is",
		accept: undefined,
	},
} as const;

/** Where the work units come from. */
export function SourceForm({
	draft,
	onChange,
}: {
	draft: SourceDraft;
	/** Given as a change of the draft as it then is: uploads report at any moment. */
	onChange: (change: (draft: SourceDraft) => SourceDraft) => void;
}) {
	const { kind } = draft;
	return (
		<div className="space-y-6">
			<ChoiceCards
				label="Work units come from"
				columns={4}
				options={KINDS}
				value={kind}
				onValue={(next) => onChange((known) => ({ ...known, kind: next }))}
			/>
			{kind === "ranges" ? (
				<RangeFields
					ranges={draft.ranges}
					onChange={(ranges) => onChange((known) => ({ ...known, ranges }))}
				/>
			) : (
				<UploadedSource kind={kind} draft={draft} onChange={onChange} />
			)}
			{kind === "lines" && (
				<div className="max-w-56">
					<TextField
						label="Lines in each part"
						inputMode="numeric"
						value={draft.linesPerPart}
						onValue={(linesPerPart) =>
							onChange((known) => ({ ...known, linesPerPart }))
						}
					/>
				</div>
			)}
		</div>
	);
}

function UploadedSource({
	kind,
	draft,
	onChange,
}: {
	kind: "rows" | "files" | "lines";
	draft: SourceDraft;
	onChange: (change: (draft: SourceDraft) => SourceDraft) => void;
}) {
	const upload = useUploads();
	const change = (next: (files: DraftFile[]) => DraftFile[]) =>
		onChange((known) => ({ ...known, [kind]: next(known[kind]) }));
	const takesMany = kind === "files";
	return (
		<>
			<FileDropField
				{...UPLOADS[kind]}
				multiple={takesMany}
				onFiles={(files) => {
					if (!takesMany) change(() => []);
					upload(files, change);
				}}
			/>
			<UploadList
				files={draft[kind]}
				onRemove={(key) =>
					change((files) => files.filter((file) => file.key !== key))
				}
			/>
		</>
	);
}
