"use client";

import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { fieldClass } from "./field-frame";

const QUIET_MS = 250;

/** A search box that asks once the typing rests. */
export function SearchField({
	label,
	value,
	onValue,
	placeholder,
}: {
	label: string;
	value: string;
	onValue: (value: string) => void;
	placeholder?: string;
}) {
	const [text, setText] = useState(value);
	const tell = useRef(onValue);
	tell.current = onValue;
	useEffect(() => {
		const timer = setTimeout(() => tell.current(text), QUIET_MS);
		return () => clearTimeout(timer);
	}, [text]);
	return (
		<div className="relative w-full sm:w-72">
			<Search
				aria-hidden
				className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-ink-faint"
			/>
			<input
				type="search"
				aria-label={label}
				placeholder={placeholder ?? label}
				value={text}
				maxLength={200}
				onChange={(event) => setText(event.target.value)}
				className={`${fieldClass} pl-9`}
			/>
		</div>
	);
}
