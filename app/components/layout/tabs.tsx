"use client";

import { type KeyboardEvent, type ReactNode, useId, useRef } from "react";
import { classNames } from "./class-names";

/** Sides of one thing, of which one is shown. Arrow keys move between them. */
export function Tabs<Key extends string>({
	label,
	tabs,
	current,
	onChange,
	children,
}: {
	label: string;
	tabs: readonly { key: Key; label: ReactNode; count?: number }[];
	current: Key;
	onChange: (key: Key) => void;
	/** The content of the current tab. */
	children: ReactNode;
}) {
	const id = useId();
	const list = useRef<HTMLDivElement>(null);
	const move = (event: KeyboardEvent) => {
		const step =
			event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
		if (!step) return;
		const at = tabs.findIndex((tab) => tab.key === current);
		const next = tabs[(at + step + tabs.length) % tabs.length];
		if (!next) return;
		onChange(next.key);
		list.current
			?.querySelector<HTMLElement>(`[data-key="${next.key}"]`)
			?.focus();
	};
	return (
		<div>
			<div
				ref={list}
				role="tablist"
				aria-label={label}
				onKeyDown={move}
				className="mb-6 flex gap-1 overflow-x-auto border-line border-b"
			>
				{tabs.map((tab) => (
					<button
						key={tab.key}
						type="button"
						role="tab"
						id={`${id}-${tab.key}`}
						data-key={tab.key}
						aria-selected={tab.key === current}
						aria-controls={`${id}-panel`}
						tabIndex={tab.key === current ? 0 : -1}
						onClick={() => onChange(tab.key)}
						className={classNames(
							"-mb-px whitespace-nowrap border-b-2 px-3 py-2.5 font-medium text-sm outline-offset-[-2px]",
							tab.key === current
								? "border-accent text-ink"
								: "border-transparent text-ink-faint hover:text-ink",
						)}
					>
						{tab.label}
						{tab.count !== undefined && (
							<span className="ml-1.5 text-ink-faint tabular-nums">
								{tab.count.toLocaleString("en")}
							</span>
						)}
					</button>
				))}
			</div>
			<div
				role="tabpanel"
				id={`${id}-panel`}
				aria-labelledby={`${id}-${current}`}
			>
				{children}
			</div>
		</div>
	);
}
