import type { inferRouterOutputs } from "@trpc/server";
import { StatTile } from "@/app/components/charts/stat-tile";
import { Card } from "@/app/components/layout/card";
import { Notice } from "@/app/components/notices/notice";
import { DataTable } from "@/app/components/tables/data-table";
import {
	showBytes,
	showCount,
	showOperations,
} from "@/app/components/text/show-quantity";
import type { AppRouter } from "@/server/api/app-router";

export type BatchPreview = inferRouterOutputs<AppRouter>["batches"]["preview"];

/** As people would type it, so that an argument with spaces is seen to be one. */
const showCommand = (command: readonly string[]): string =>
	command
		.map((part) => (/[\s"'\\]|^$/.test(part) ? JSON.stringify(part) : part))
		.join(" ");

/** What a submission would make. */
export function PreviewPanel({ preview }: { preview: BatchPreview }) {
	const hidden = preview.workUnits - preview.first.length;
	return (
		<div className="space-y-4">
			<div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
				<StatTile label="Work units" value={showCount(preview.workUnits)} />
				<StatTile
					label="Operations, computed once"
					value={showOperations(preview.estimatedOperations)}
				/>
				<StatTile label="Input" value={showBytes(preview.inputBytes)} />
				<StatTile label="Wrong rows" value={showCount(preview.problemCount)} />
			</div>
			{preview.problemCount > 0 && (
				<Notice
					tone="bad"
					title={`${showCount(preview.problemCount)} ${preview.problemCount === 1 ? "row is" : "rows are"} wrong. Nothing can be submitted until they are right.`}
				>
					<ul className="mt-2 max-h-64 space-y-1 overflow-auto">
						{preview.problems.map(({ line, message }) => (
							<li key={`${line} ${message}`}>
								<span className="font-medium tabular-nums">Line {line}:</span>{" "}
								{message}
							</li>
						))}
					</ul>
					{preview.problemCount > preview.problems.length && (
						<p className="mt-2">
							and {showCount(preview.problemCount - preview.problems.length)}{" "}
							more
						</p>
					)}
				</Notice>
			)}
			{preview.first.length > 0 && (
				<Card flush>
					<DataTable
						caption="The first commands"
						columns={[
							{
								key: "index",
								header: "#",
								align: "right",
								className: "w-12",
								cell: ({ index }) => index,
							},
							{
								key: "command",
								header: "Runs",
								cell: ({ command }) => (
									<code className="break-all font-mono text-[13px]">
										{showCommand(command)}
									</code>
								),
							},
							{
								key: "inputs",
								header: "Input",
								hideBelow: "md",
								cell: ({ inputs }) =>
									inputs
										.map(({ path, bytes }) => `${path} (${showBytes(bytes)})`)
										.join(", ") || "–",
							},
						]}
						rows={preview.first.map((unit, index) => ({ ...unit, index }))}
						rowKey={({ index }) => String(index)}
					/>
					{hidden > 0 && (
						<p className="border-line border-t px-6 py-3 text-ink-faint text-sm">
							and {showCount(hidden)} more
						</p>
					)}
				</Card>
			)}
		</div>
	);
}
