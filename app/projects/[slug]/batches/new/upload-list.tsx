import { CircleCheck, X } from "lucide-react";
import { ProgressBar } from "@/app/components/charts/progress-bar";
import { showBytes, showCount } from "@/app/components/text/show-quantity";
import type { DraftFile } from "./source-draft";

/** More than this is told as a number. */
const SHOWN = 8;

/** The files that were chosen, with how far each has come. */
export function UploadList({
	files,
	onRemove,
}: {
	files: readonly DraftFile[];
	onRemove: (key: string) => void;
}) {
	if (files.length === 0) return null;
	const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
	const sent = files.reduce((sum, file) => sum + file.sent, 0);
	const done = files.filter(({ uploadId }) => uploadId).length;
	// What needs a look first: what failed, then what is on its way.
	const shown = [...files]
		.sort((a, b) => rankOf(a) - rankOf(b))
		.slice(0, SHOWN);
	return (
		<div className="space-y-3">
			{done < files.length && (
				<ProgressBar
					label="Uploading"
					value={total === 0 ? null : sent / total}
					detail={`${showBytes(sent)} of ${showBytes(total)}`}
				/>
			)}
			<ul className="divide-y divide-line rounded-xl border border-line text-sm">
				{shown.map((file) => (
					<li key={file.key} className="flex items-center gap-3 px-4 py-2">
						<span className="min-w-0 flex-1 truncate">{file.name}</span>
						{file.error ? (
							<span role="alert" className="text-bad">
								{file.error}
							</span>
						) : (
							<span className="text-ink-faint tabular-nums">
								{showBytes(file.bytes)}
							</span>
						)}
						{file.uploadId && (
							<CircleCheck
								aria-label="uploaded"
								className="size-4 shrink-0 text-good"
							/>
						)}
						<button
							type="button"
							aria-label={`Remove ${file.name}`}
							onClick={() => onRemove(file.key)}
							className="rounded p-1 text-ink-faint hover:bg-sunken hover:text-ink"
						>
							<X aria-hidden className="size-4" />
						</button>
					</li>
				))}
				{files.length > shown.length && (
					<li className="px-4 py-2 text-ink-faint">
						and {showCount(files.length - shown.length)} more
					</li>
				)}
			</ul>
		</div>
	);
}

const rankOf = ({ error, uploadId }: DraftFile): number =>
	error ? 0 : uploadId ? 2 : 1;
