"use client";

import { ChevronDown } from "lucide-react";
import { type SelectHTMLAttributes, useId } from "react";
import { classNames } from "../layout/class-names";
import {
	FieldFrame,
	type FieldFrameProps,
	fieldClass,
	fieldLinks,
} from "./field-frame";

export type SelectOption<Value extends string> = {
	value: Value;
	label: string;
	disabled?: boolean;
};

/** One of a few. */
export function SelectField<Value extends string>({
	label,
	hint,
	error,
	optional,
	options,
	value,
	onValue,
	className,
	...rest
}: Omit<SelectHTMLAttributes<HTMLSelectElement>, "id" | "value"> &
	FieldFrameProps & {
		options: readonly SelectOption<Value>[];
		value: Value;
		onValue: (value: Value) => void;
	}) {
	const id = useId();
	const frame = { label, hint, error, optional };
	return (
		<FieldFrame id={id} {...frame}>
			<div className="relative">
				<select
					{...fieldLinks(id, frame)}
					value={value}
					onChange={(event) => onValue(event.target.value as Value)}
					className={classNames(fieldClass, "appearance-none pr-9", className)}
					{...rest}
				>
					{options.map((option) => (
						<option
							key={option.value}
							value={option.value}
							disabled={option.disabled}
						>
							{option.label}
						</option>
					))}
				</select>
				<ChevronDown
					aria-hidden
					className="pointer-events-none absolute top-1/2 right-3 size-4 -translate-y-1/2 text-ink-faint"
				/>
			</div>
		</FieldFrame>
	);
}
