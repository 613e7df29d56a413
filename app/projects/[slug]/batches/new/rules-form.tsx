import { Boxes, MoonStar, Shuffle, Waypoints } from "lucide-react";
import { ChoiceCards } from "@/app/components/forms/choice-cards";
import { SelectField } from "@/app/components/forms/select-field";
import { TextField } from "@/app/components/forms/text-field";
import { showOperations } from "@/app/components/text/show-quantity";
import type { RulesDraft, RulesErrors } from "./rules-draft";

const PLACEMENTS = [
	{
		value: "predictive",
		label: "Predictive",
		description: "Where the device will stay idle long enough.",
		icon: <MoonStar />,
	},
	{
		value: "spread",
		label: "Spread",
		description: "Over as many devices as there are: done soonest.",
		icon: <Waypoints />,
	},
	{
		value: "binpack",
		label: "Binpack",
		description: "Fill few devices first: big tasks find room.",
		icon: <Boxes />,
	},
	{
		value: "random",
		label: "Random",
		description: "Wherever it fits: for comparing devices.",
		icon: <Shuffle />,
	},
] as const;

const DEADLINE_UNITS = [
	{ value: "minutes", label: "minutes" },
	{ value: "hours", label: "hours" },
	{ value: "days", label: "days" },
] as const;

/** How the work units are replicated, limited and placed. What stands there at first suits most batches. */
export function RulesForm({
	draft,
	errors,
	operationsOfVersion,
	onChange,
}: {
	draft: RulesDraft;
	errors: RulesErrors;
	operationsOfVersion: number;
	onChange: (facts: Partial<RulesDraft>) => void;
}) {
	const number = (
		field: Exclude<keyof RulesDraft, "placement" | "deadlineUnit">,
		label: string,
		hint: string,
	) => (
		<TextField
			label={label}
			hint={hint}
			inputMode="numeric"
			value={draft[field]}
			error={errors[field]}
			onValue={(value) => onChange({ [field]: value })}
		/>
	);
	return (
		<div className="space-y-6">
			<div className="grid gap-5 sm:grid-cols-2 lg:grid-cols-4">
				{number(
					"quorum",
					"Quorum",
					"So many results must agree, of different owners. 1 trusts every device.",
				)}
				{number(
					"targetCopies",
					"Copies at first",
					"More than the quorum is quicker and costs more time of devices.",
				)}
				{number(
					"maxErrors",
					"Errors allowed",
					"More failed tasks than this, and the work unit fails.",
				)}
				{number(
					"maxTotal",
					"Tasks allowed",
					"No more copies than this are ever made of a work unit.",
				)}
			</div>
			<div className="grid gap-5 sm:grid-cols-2 lg:grid-cols-4">
				{number(
					"deadline",
					"Deadline",
					"How long a device may take. Slow devices and pauses need room.",
				)}
				<SelectField
					label="Counted in"
					options={DEADLINE_UNITS}
					value={draft.deadlineUnit}
					onValue={(deadlineUnit) => onChange({ deadlineUnit })}
				/>
				{number(
					"priority",
					"Priority",
					"From -10 to 10 among all projects; higher goes first.",
				)}
				<TextField
					label="Operations of one work unit"
					optional
					placeholder={showOperations(operationsOfVersion)}
					hint="Roughly. Says how long a device must be idle."
					value={draft.estimatedOperations}
					error={errors.estimatedOperations}
					onValue={(estimatedOperations) => onChange({ estimatedOperations })}
				/>
			</div>
			<div className="grid gap-5 sm:grid-cols-2 lg:grid-cols-4">
				{number(
					"confidence",
					"Sure to finish, percent",
					"Predictive: how likely a task must be to end before the owner comes.",
				)}
				{number(
					"frozenMinutes",
					"Frozen at most, minutes",
					"A task that stands still for longer while the owner is busy goes on elsewhere.",
				)}
			</div>
			<ChoiceCards
				label="Placement"
				columns={2}
				options={PLACEMENTS}
				value={draft.placement}
				onValue={(placement) => onChange({ placement })}
			/>
		</div>
	);
}
