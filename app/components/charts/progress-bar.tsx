import type { ReactNode } from "react";
import { classNames } from "../layout/class-names";

const tones = {
	accent: "bg-accent",
	good: "bg-good",
	warn: "bg-warn",
	bad: "bg-bad",
	neutral: "bg-ink-faint",
} as const;

export type ProgressPart = {
	/** Share of the whole, 0 to 1. */
	value: number;
	tone?: keyof typeof tones;
	label?: string;
};

/**
 * How far something is. `value` 0 to 1, or `null` while it is not known; `parts` for several shares in one bar
 * (done, failed).
 */
export function ProgressBar({
	label,
	value,
	parts,
	detail,
	slim = false,
}: {
	/** What is progressing: read aloud, and shown when there is a detail. */
	label: string;
	value?: number | null;
	parts?: readonly ProgressPart[];
	/** Shown to the right above the bar: "37 of 120". */
	detail?: ReactNode;
	slim?: boolean;
}) {
	const shares = parts ?? (value == null ? [] : [{ value }]);
	const total = Math.min(
		1,
		shares.reduce((sum, part) => sum + part.value, 0),
	);
	const unknown = !parts && value == null;
	return (
		<div className="w-full min-w-0">
			{detail !== undefined && (
				<div className="mb-1.5 flex justify-between gap-4 text-sm">
					<span className="text-ink-soft">{label}</span>
					<span className="tabular-nums">{detail}</span>
				</div>
			)}
			<div
				role="progressbar"
				aria-label={label}
				aria-valuemin={0}
				aria-valuemax={100}
				aria-valuenow={unknown ? undefined : Math.round(total * 100)}
				className={classNames(
					"flex w-full overflow-hidden rounded-full bg-sunken ring-1 ring-line ring-inset",
					slim ? "h-1.5" : "h-2.5",
				)}
			>
				{unknown && (
					<div className="h-full w-1/3 animate-sweep rounded-full bg-accent" />
				)}
				{shares.map((part, index) => (
					<div
						// biome-ignore lint/suspicious/noArrayIndexKey: the parts are fixed in number and order
						key={index}
						title={part.label}
						className={classNames(
							"h-full transition-[width] duration-500",
							tones[part.tone ?? "accent"],
						)}
						style={{ width: `${Math.max(0, Math.min(1, part.value)) * 100}%` }}
					/>
				))}
			</div>
		</div>
	);
}
