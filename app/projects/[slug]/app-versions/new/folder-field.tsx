"use client";

import { FolderOpen } from "lucide-react";
import { useId, useRef, useState } from "react";
import { Button } from "../../../../components/actions/button";
import { FileDropField } from "../../../../components/forms/file-drop-field";
import {
	showBytes,
	showCount,
} from "../../../../components/text/show-quantity";
import { listFolder, packChosenFolder } from "./pack-chosen-folder";

/** What was chosen: one file to upload, and the paths in it where they are known. */
export interface ChosenSource {
	file: File;
	paths: string[] | null;
}

/** A folder, picked as such or packed as an archive. */
export function FolderField({
	value,
	onValue,
}: {
	value: ChosenSource | null;
	onValue: (value: ChosenSource) => void;
}) {
	const id = useId();
	const input = useRef<HTMLInputElement>(null);
	const [empty, setEmpty] = useState(false);
	const pick = (list: FileList | null) => {
		const files = listFolder(list ?? []);
		setEmpty(files.length === 0);
		if (files.length === 0) return;
		const name = list?.[0]?.webkitRelativePath.split("/")[0] || "folder";
		onValue({
			file: packChosenFolder(name, files),
			paths: files.map(({ path }) => path),
		});
	};
	return (
		<div className="space-y-3">
			<div className="flex flex-wrap items-center gap-3">
				<Button
					icon={<FolderOpen aria-hidden />}
					onClick={() => input.current?.click()}
				>
					Choose a folder
				</Button>
				<span className="text-ink-faint text-sm">
					or bring it packed, as .tar, .tar.gz or .zip
				</span>
				<label htmlFor={id} className="sr-only">
					Folder
				</label>
				<input
					ref={input}
					id={id}
					type="file"
					className="sr-only"
					tabIndex={-1}
					onChange={(event) => {
						pick(event.target.files);
						event.target.value = "";
					}}
					{...{ webkitdirectory: "" }}
				/>
			</div>
			<FileDropField
				label="Drop an archive of the folder, or choose one"
				accept=".tar,.tar.gz,.tgz,.zip"
				onFiles={([file]) => file && onValue({ file, paths: null })}
			/>
			{empty && (
				<p role="alert" className="text-bad text-sm">
					The folder is empty.
				</p>
			)}
			<ChosenFile value={value} />
		</div>
	);
}

/** An image archive. */
export function ArchiveField({
	value,
	onValue,
}: {
	value: ChosenSource | null;
	onValue: (value: ChosenSource) => void;
}) {
	return (
		<div className="space-y-3">
			<FileDropField
				label="Drop the image's archive, or choose it"
				hint={
					<code className="font-mono">
						docker save IMAGE | gzip &gt; image.tar.gz
					</code>
				}
				accept=".tar,.tar.gz,.tgz"
				onFiles={([file]) => file && onValue({ file, paths: null })}
			/>
			<ChosenFile value={value} />
		</div>
	);
}

function ChosenFile({ value }: { value: ChosenSource | null }) {
	if (!value) return null;
	return (
		<p className="text-sm">
			<span className="font-medium">{value.file.name}</span>{" "}
			<span className="text-ink-faint">
				{showBytes(value.file.size)}
				{value.paths && `, ${showCount(value.paths.length)} files`}
			</span>
		</p>
	);
}
