"use client";

import { ChoiceCards } from "../../../../components/forms/choice-cards";
import { SelectField } from "../../../../components/forms/select-field";
import { TextField } from "../../../../components/forms/text-field";
import { Card } from "../../../../components/layout/card";
import { showSpan } from "../../../../components/text/show-quantity";
import type { DraftProps } from "./source-fields";
import type { VersionDraft } from "./version-draft";

const ORDINARY_SPEED = 2e9;

/** What a work unit takes of a device. */
export function NeedsFields({ draft, onDraft }: DraftProps) {
	const operations = Number(draft.estimatedOperations);
	const seconds =
		operations / (ORDINARY_SPEED * Math.max(0.1, Number(draft.cores)));
	const field = (
		key: keyof VersionDraft &
			("cores" | "memoryMiB" | "diskMiB" | "estimatedOperations"),
	) => ({
		value: draft[key],
		onValue: (text: string) => onDraft({ [key]: text }),
		required: true,
	});
	return (
		<Card
			title="What one work unit needs"
			description="A device keeps the program within these. More than this and it is stopped."
		>
			<div className="grid gap-5 sm:grid-cols-2 lg:grid-cols-4">
				<TextField
					label="Cores"
					type="number"
					step="0.1"
					min="0.1"
					max="256"
					{...field("cores")}
				/>
				<TextField
					label="Memory, MiB"
					type="number"
					min="16"
					max="1048576"
					{...field("memoryMiB")}
				/>
				<TextField
					label="Disk, MiB"
					type="number"
					min="1"
					max="1048576"
					{...field("diskMiB")}
				/>
				<TextField
					label="Operations"
					hint={
						operations > 0 && Number.isFinite(seconds)
							? `About ${showSpan(seconds)} on an ordinary computer`
							: "Such as 4e9"
					}
					inputMode="decimal"
					pattern="[0-9]+(\.[0-9]+)?([eE][+]?[0-9]+)?"
					title="A number such as 4000000000 or 4e9"
					{...field("estimatedOperations")}
				/>
			</div>
		</Card>
	);
}

/** Whether a work unit that is too long for a device's idle time may be cut, and by what. */
export function CuttingFields({ draft, onDraft }: DraftProps) {
	const field = (key: "cutFirst" | "cutSecond" | "cutSmallest") => ({
		value: draft[key],
		onValue: (text: string) => onDraft({ [key]: text }),
		required: true,
	});
	return (
		<Card
			title="Cutting to idle time"
			description="Devices are idle for minutes at one time and for hours at another. A work unit that can be cut uses both."
		>
			<div className="space-y-5">
				<ChoiceCards
					label="A work unit"
					columns={3}
					value={draft.cutting}
					onValue={(cutting) => onDraft({ cutting })}
					options={[
						{
							value: "none",
							label: "stays whole",
							description: "It waits for a device that is idle long enough.",
						},
						{
							value: "size",
							label: "is so many, from a first one on",
							description: "Such as {start} and {count}.",
						},
						{
							value: "last",
							label: "goes from a first to a last",
							description: "Such as {from} and {to}.",
						},
					]}
				/>
				{draft.cutting !== "none" && (
					<div className="grid gap-5 sm:grid-cols-3">
						<TextField
							label="Parameter of the first"
							placeholder={draft.cutting === "size" ? "start" : "from"}
							{...field("cutFirst")}
						/>
						<TextField
							label={
								draft.cutting === "size"
									? "Parameter of how many"
									: "Parameter of the last"
							}
							placeholder={draft.cutting === "size" ? "count" : "to"}
							{...field("cutSecond")}
						/>
						<TextField
							label="Never fewer than"
							hint="So many in a part at the least"
							type="number"
							min="1"
							{...field("cutSmallest")}
						/>
					</div>
				)}
			</div>
		</Card>
	);
}

/** How the results of two devices are held against each other. */
export function ComparisonFields({ draft, onDraft }: DraftProps) {
	return (
		<Card title="How results are compared">
			<div className="space-y-5">
				<ChoiceCards
					label="Two devices agree when their output files"
					value={draft.comparison}
					onValue={(comparison) => onDraft({ comparison })}
					options={[
						{
							value: "bitwise",
							label: "are the same, byte by byte",
							description: "Whole numbers, text, anything exact.",
						},
						{
							value: "numeric",
							label: "hold the same numbers, nearly",
							description:
								"Floating-point results that differ in the last digits from machine to machine.",
						},
					]}
				/>
				{draft.comparison === "numeric" && (
					<div className="grid gap-5 sm:grid-cols-3">
						<SelectField
							label="Format"
							value={draft.format}
							onValue={(format) => onDraft({ format })}
							options={[
								{ value: "csv", label: "CSV" },
								{ value: "json", label: "JSON" },
								{ value: "table", label: "Columns with white space" },
							]}
						/>
						<TextField
							label="Absolute tolerance"
							inputMode="decimal"
							required
							value={draft.absolute}
							onValue={(absolute) => onDraft({ absolute })}
						/>
						<TextField
							label="Relative tolerance"
							hint="0 to 1, of the larger number"
							inputMode="decimal"
							required
							value={draft.relative}
							onValue={(relative) => onDraft({ relative })}
						/>
					</div>
				)}
			</div>
		</Card>
	);
}
