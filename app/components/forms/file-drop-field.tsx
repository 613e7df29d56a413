"use client";

import { UploadCloud } from "lucide-react";
import { type DragEvent, type ReactNode, useId, useState } from "react";
import { classNames } from "../layout/class-names";

/** A place to drop files on or to choose them from, by mouse, finger or keyboard. */
export function FileDropField({
	label,
	hint,
	accept,
	multiple = false,
	disabled = false,
	onFiles,
}: {
	label: string;
	/** What kinds of files are meant. */
	hint?: ReactNode;
	/** Like an input's: ".csv,.jsonl". What is dropped is not held to it. */
	accept?: string;
	multiple?: boolean;
	disabled?: boolean;
	onFiles: (files: File[]) => void;
}) {
	const id = useId();
	const [over, setOver] = useState(false);
	const take = (list: FileList | null) => {
		const files = [...(list ?? [])];
		if (files.length) onFiles(multiple ? files : files.slice(0, 1));
	};
	const drop = (event: DragEvent) => {
		event.preventDefault();
		setOver(false);
		if (!disabled) take(event.dataTransfer.files);
	};
	return (
		<label
			htmlFor={id}
			onDragOver={(event) => {
				event.preventDefault();
				setOver(true);
			}}
			onDragLeave={() => setOver(false)}
			onDrop={drop}
			className={classNames(
				"flex cursor-pointer flex-col items-center gap-2 rounded-xl border border-dashed px-6 py-8 text-center transition-colors",
				"has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2",
				over
					? "border-accent bg-accent-soft"
					: "border-line-strong bg-sunken/40 hover:border-ink-faint",
				disabled && "cursor-not-allowed opacity-60",
			)}
		>
			<UploadCloud aria-hidden className="size-6 text-accent" />
			<span className="font-medium text-sm">{label}</span>
			{hint && <span className="text-ink-faint text-sm">{hint}</span>}
			<input
				id={id}
				type="file"
				className="sr-only"
				accept={accept}
				multiple={multiple}
				disabled={disabled}
				onChange={(event) => {
					take(event.target.files);
					// So that choosing the same file again counts.
					event.target.value = "";
				}}
			/>
		</label>
	);
}
