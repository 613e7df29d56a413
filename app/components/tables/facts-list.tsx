import type { ReactNode } from "react";

/** Names and values of one thing. Facts that are undefined are left out. */
export function FactsList({
	facts,
}: {
	facts: readonly { label: string; value: ReactNode }[];
}) {
	return (
		<dl className="grid grid-cols-1 gap-x-8 gap-y-3 text-sm sm:grid-cols-2">
			{facts
				.filter(({ value }) => value !== undefined)
				.map(({ label, value }) => (
					<div
						key={label}
						className="flex min-w-0 items-baseline justify-between gap-4 border-line border-b pb-2"
					>
						<dt className="shrink-0 text-ink-faint">{label}</dt>
						<dd className="min-w-0 break-words text-right tabular-nums">
							{value ?? "–"}
						</dd>
					</div>
				))}
		</dl>
	);
}
