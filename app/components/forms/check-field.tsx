"use client";

import { type ReactNode, useId } from "react";

/** Yes or no, with the reason to choose it beside it. */
export function CheckField({
	label,
	hint,
	checked,
	onValue,
	disabled,
}: {
	label: ReactNode;
	hint?: ReactNode;
	checked: boolean;
	onValue: (checked: boolean) => void;
	disabled?: boolean;
}) {
	const id = useId();
	return (
		<div className="flex items-start gap-3">
			<input
				id={id}
				type="checkbox"
				checked={checked}
				disabled={disabled}
				aria-describedby={hint ? `${id}-hint` : undefined}
				onChange={(event) => onValue(event.target.checked)}
				className="mt-0.5 size-4 shrink-0 accent-(--accent)"
			/>
			<div className="min-w-0 text-sm">
				<label htmlFor={id} className="font-medium">
					{label}
				</label>
				{hint && (
					<p id={`${id}-hint`} className="text-ink-faint">
						{hint}
					</p>
				)}
			</div>
		</div>
	);
}
