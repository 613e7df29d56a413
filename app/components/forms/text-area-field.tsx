"use client";

import { type TextareaHTMLAttributes, useId } from "react";
import { classNames } from "../layout/class-names";
import {
	FieldFrame,
	type FieldFrameProps,
	fieldClass,
	fieldLinks,
} from "./field-frame";

/** Several lines of text; grows with what is written. */
export function TextAreaField({
	label,
	hint,
	error,
	optional,
	onValue,
	mono = false,
	rows = 5,
	className,
	...rest
}: Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "id"> &
	FieldFrameProps & { onValue?: (value: string) => void; mono?: boolean }) {
	const id = useId();
	const frame = { label, hint, error, optional };
	return (
		<FieldFrame id={id} {...frame}>
			<textarea
				{...fieldLinks(id, frame)}
				rows={rows}
				onChange={onValue && ((event) => onValue(event.target.value))}
				className={classNames(
					fieldClass,
					"field-sizing-content max-h-[32rem] min-h-24",
					mono && "font-mono",
					className,
				)}
				{...rest}
			/>
		</FieldFrame>
	);
}
