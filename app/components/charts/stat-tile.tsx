import Link from "next/link";
import type { ReactNode } from "react";
import { classNames } from "../layout/class-names";

/** One figure with its name. `null` while it is on its way. */
export function StatTile({
	label,
	value,
	unit,
	detail,
	href,
}: {
	label: string;
	value: ReactNode | null;
	unit?: string;
	/** A line below: what it is compared with, or since when. */
	detail?: ReactNode;
	href?: string;
}) {
	const body = (
		<>
			<div className="text-ink-faint text-sm">{label}</div>
			<div className="mt-1 font-semibold text-2xl tabular-nums tracking-tight">
				{value === null || value === undefined ? (
					<span className="inline-block h-7 w-16 animate-breathe rounded bg-sunken align-middle" />
				) : (
					value
				)}
				{unit && (
					<span className="ml-1 font-normal text-base text-ink-faint">
						{unit}
					</span>
				)}
			</div>
			{detail && <div className="mt-1 text-ink-faint text-xs">{detail}</div>}
		</>
	);
	const look =
		"block min-w-0 rounded-2xl border border-line bg-surface px-5 py-4 shadow-card";
	return href ? (
		<Link
			href={href}
			className={classNames(
				look,
				"hover:border-line-strong hover:bg-sunken/50",
			)}
		>
			{body}
		</Link>
	) : (
		<div className={look}>{body}</div>
	);
}
