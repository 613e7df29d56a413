"use client";

import { type InputHTMLAttributes, useId } from "react";
import { classNames } from "../layout/class-names";
import {
	FieldFrame,
	type FieldFrameProps,
	fieldClass,
	fieldLinks,
} from "./field-frame";

/** One line of text, a number, a date or a secret. `onValue` gets the text alone. */
export function TextField({
	label,
	hint,
	error,
	optional,
	onValue,
	mono = false,
	className,
	...rest
}: Omit<InputHTMLAttributes<HTMLInputElement>, "id"> &
	FieldFrameProps & { onValue?: (value: string) => void; mono?: boolean }) {
	const id = useId();
	const frame = { label, hint, error, optional };
	return (
		<FieldFrame id={id} {...frame}>
			<input
				{...fieldLinks(id, frame)}
				onChange={onValue && ((event) => onValue(event.target.value))}
				className={classNames(fieldClass, mono && "font-mono", className)}
				{...rest}
			/>
		</FieldFrame>
	);
}
