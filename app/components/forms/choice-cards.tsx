"use client";

import { type ReactNode, useId } from "react";
import { classNames } from "../layout/class-names";

/** One of a few where each needs a sentence to choose by. */
export function ChoiceCards<Value extends string>({
	label,
	options,
	value,
	onValue,
	columns = 2,
}: {
	label: ReactNode;
	options: readonly {
		value: Value;
		label: string;
		description?: ReactNode;
		icon?: ReactNode;
		disabled?: boolean;
	}[];
	value: Value | null;
	onValue: (value: Value) => void;
	columns?: 1 | 2 | 3 | 4;
}) {
	const name = useId();
	const grid = {
		1: "",
		2: "sm:grid-cols-2",
		3: "sm:grid-cols-3",
		4: "sm:grid-cols-2 lg:grid-cols-4",
	};
	return (
		<fieldset className="min-w-0">
			<legend className="mb-2 font-medium text-sm">{label}</legend>
			<div className={classNames("grid gap-3", grid[columns])}>
				{options.map((option) => (
					<label
						key={option.value}
						className={classNames(
							"relative flex cursor-pointer gap-3 rounded-xl border p-4 shadow-card transition-colors has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2",
							value === option.value
								? "border-accent bg-accent-soft"
								: "border-line bg-surface hover:border-line-strong",
							option.disabled && "cursor-not-allowed opacity-50",
						)}
					>
						<input
							type="radio"
							name={name}
							value={option.value}
							checked={value === option.value}
							disabled={option.disabled}
							onChange={() => onValue(option.value)}
							className="sr-only"
						/>
						{option.icon && (
							<span aria-hidden className="mt-0.5 text-accent [&_svg]:size-5">
								{option.icon}
							</span>
						)}
						<span className="min-w-0">
							<span className="block font-medium text-sm">{option.label}</span>
							{option.description && (
								<span className="mt-0.5 block text-ink-soft text-sm">
									{option.description}
								</span>
							)}
						</span>
					</label>
				))}
			</div>
		</fieldset>
	);
}
