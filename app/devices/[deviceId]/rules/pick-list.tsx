"use client";

import { Plus, X } from "lucide-react";
import { useId, useState } from "react";
import { SearchField } from "../../../components/forms/search-field";

export interface Pick {
	/** What is stored. */
	value: string;
	/** What people read. */
	label: string;
}

const MOST_SHOWN = 8;

/** Names to pick some from: what is picked stands above, what could be is found by typing. */
export function PickList({
	label,
	hint,
	search: { label: searchLabel, placeholder },
	picked,
	options,
	onSearch,
	onPicked,
}: {
	label: string;
	hint: string;
	search: { label: string; placeholder: string };
	picked: readonly Pick[];
	/** What could be picked, for what was searched. */
	options: readonly Pick[];
	onSearch: (text: string) => void;
	onPicked: (values: string[]) => void;
}) {
	const id = useId();
	const [typed, setTyped] = useState("");
	const values = picked.map(({ value }) => value);
	const left = options
		.filter(({ value }) => !values.includes(value))
		.slice(0, MOST_SHOWN);
	return (
		<section aria-labelledby={id} className="min-w-0 space-y-2.5">
			<div>
				<h3 id={id} className="font-medium text-sm">
					{label}
				</h3>
				<p className="text-ink-faint text-sm">{hint}</p>
			</div>
			{picked.length > 0 && (
				<ul className="flex flex-wrap gap-2">
					{picked.map((pick) => (
						<li key={pick.value} className="max-w-full">
							<button
								type="button"
								aria-label={`Leave out ${pick.label}`}
								onClick={() =>
									onPicked(values.filter((value) => value !== pick.value))
								}
								className="inline-flex max-w-full items-center gap-1.5 rounded-full bg-accent-soft px-3 py-1 text-accent-strong text-sm [&_svg]:size-3.5 [&_svg]:shrink-0"
							>
								<span className="truncate">{pick.label}</span>
								<X aria-hidden />
							</button>
						</li>
					))}
				</ul>
			)}
			<SearchField
				label={searchLabel}
				placeholder={placeholder}
				value={typed}
				onValue={(text) => {
					setTyped(text);
					onSearch(text);
				}}
			/>
			<ul className="flex flex-wrap gap-2">
				{left.map((pick) => (
					<li key={pick.value} className="max-w-full">
						<button
							type="button"
							aria-label={`Add ${pick.label}`}
							onClick={() => onPicked([...values, pick.value])}
							className="inline-flex max-w-full items-center gap-1.5 rounded-full border border-line-strong px-3 py-1 text-sm hover:bg-sunken [&_svg]:size-3.5 [&_svg]:shrink-0"
						>
							<Plus aria-hidden />
							<span className="truncate">{pick.label}</span>
						</button>
					</li>
				))}
			</ul>
		</section>
	);
}
