"use client";

import { type ReactNode, useId } from "react";
import { TextAreaField } from "../components/forms/text-area-field";
import { MarkdownText } from "../components/text/markdown-text";

/** Markdown, with what it will look like beside it (below it on small screens) while one writes. */
export function MarkdownField({
	label,
	hint,
	error,
	value,
	onValue,
	maxLength,
	rows = 10,
}: {
	label: string;
	hint?: ReactNode;
	error?: string | undefined;
	value: string;
	onValue: (value: string) => void;
	maxLength: number;
	rows?: number;
}) {
	const id = useId();
	return (
		<div className="grid gap-4 lg:grid-cols-2">
			<TextAreaField
				label={label}
				hint={hint}
				error={error}
				value={value}
				onValue={onValue}
				maxLength={maxLength}
				rows={rows}
				mono
			/>
			<section aria-labelledby={id} className="min-w-0">
				<h3 id={id} className="mb-1.5 font-medium text-ink-faint text-sm">
					Preview
				</h3>
				<div className="max-h-[32rem] min-h-24 overflow-auto rounded-lg border border-line bg-sunken/50 px-4 py-3">
					{value.trim() ? (
						<MarkdownText text={value} />
					) : (
						<p className="text-ink-faint text-sm">
							What you write appears here as others will read it.
						</p>
					)}
				</div>
			</section>
		</div>
	);
}
