"use client";

import {
	Infinity as Always,
	CalendarRange,
	Moon,
	Plus,
	Sun,
	X,
} from "lucide-react";
import { useId, useState } from "react";
import type { WeekHours } from "@/agent/core/protocol";
import { Button } from "../../../components/actions/button";
import { ChoiceCards } from "../../../components/forms/choice-cards";
import { TextField } from "../../../components/forms/text-field";
import { classNames } from "../../../components/layout/class-names";
import { DAY_NAMES } from "../describe-rules";
import {
	HOURS_OF,
	type HoursPreset,
	newHours,
	presetOf,
} from "./hours-presets";

const PRESETS = [
	{
		value: "always",
		label: "Any time",
		description: "Whenever you do not need it.",
		icon: <Always />,
	},
	{
		value: "nights",
		label: "Nights",
		description: "From 22 to 7 h, every day.",
		icon: <Moon />,
	},
	{
		value: "weekends",
		label: "Weekends",
		description: "All of Saturday and Sunday.",
		icon: <Sun />,
	},
	{
		value: "custom",
		label: "Other hours",
		description: "Say which, day by day.",
		icon: <CalendarRange />,
	},
] as const;

/** The hours of the week in which tasks may run, by the device's own clock. */
export function HoursEditor({
	hours,
	error,
	onChange,
}: {
	hours: readonly WeekHours[];
	error: string | undefined;
	onChange: (hours: WeekHours[]) => void;
}) {
	const [custom, setCustom] = useState(() =>
		["custom", "both"].includes(presetOf(hours)),
	);
	const choose = (preset: HoursPreset) => {
		setCustom(preset === "custom");
		if (preset !== "custom") onChange([...HOURS_OF[preset]]);
		else if (hours.length === 0) onChange([newHours()]);
	};
	const replace = (index: number, row: WeekHours | null) =>
		onChange(
			hours.flatMap((other, at) => (at === index ? (row ?? []) : other)),
		);
	return (
		<div className="space-y-4">
			<ChoiceCards
				label="Tasks may run"
				columns={4}
				options={PRESETS}
				value={custom ? "custom" : presetOf(hours)}
				onValue={choose}
			/>
			{custom && (
				<div className="space-y-3">
					{hours.map((row, index) => (
						<HoursRow
							// biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name, and hold no state
							key={index}
							number={index + 1}
							row={row}
							onChange={(changed) => replace(index, changed)}
							onRemove={() => replace(index, null)}
						/>
					))}
					<Button
						size="sm"
						icon={<Plus aria-hidden />}
						onClick={() => onChange([...hours, newHours()])}
					>
						Add hours
					</Button>
				</div>
			)}
			{error && (
				<p role="alert" className="text-bad text-sm">
					{error}
				</p>
			)}
		</div>
	);
}

function HoursRow({
	number,
	row,
	onChange,
	onRemove,
}: {
	number: number;
	row: WeekHours;
	onChange: (row: WeekHours) => void;
	onRemove: () => void;
}) {
	const labelId = useId();
	return (
		<fieldset
			aria-labelledby={labelId}
			className="flex flex-wrap items-end gap-3 rounded-xl border border-line p-3"
		>
			<span id={labelId} className="sr-only">
				Hours {number}
			</span>
			<DayButtons
				days={row.days}
				onDays={(days) => onChange({ ...row, days })}
			/>
			<div className="w-32">
				<TextField
					label="From"
					type="time"
					required
					value={row.from}
					onValue={(from) => onChange({ ...row, from })}
				/>
			</div>
			<div className="w-32">
				<TextField
					label="Until"
					type="time"
					required
					// A time field knows no 24:00: midnight at the end is the end of the day.
					value={row.until === "24:00" ? "00:00" : row.until}
					onValue={(until) =>
						onChange({ ...row, until: until === "00:00" ? "24:00" : until })
					}
				/>
			</div>
			<Button
				variant="ghost"
				icon={<X aria-hidden />}
				aria-label={`Remove hours ${number}`}
				onClick={onRemove}
			/>
		</fieldset>
	);
}

function DayButtons({
	days,
	onDays,
}: {
	days: readonly number[];
	onDays: (days: number[]) => void;
}) {
	const toggle = (day: number) =>
		onDays(
			days.includes(day)
				? days.filter((other) => other !== day)
				: [...days, day].sort((a, b) => a - b),
		);
	return (
		<div>
			<span className="mb-1.5 block font-medium text-sm">Beginning on</span>
			<div className="flex flex-wrap gap-1">
				{DAY_NAMES.map((name, day) => (
					<button
						key={name}
						type="button"
						aria-pressed={days.includes(day)}
						onClick={() => toggle(day)}
						className={classNames(
							"h-10 w-11 rounded-lg border text-sm transition-colors",
							days.includes(day)
								? "border-accent bg-accent-soft font-medium text-accent-strong"
								: "border-line-strong text-ink-faint hover:border-ink-faint",
						)}
					>
						{name}
					</button>
				))}
			</div>
		</div>
	);
}
