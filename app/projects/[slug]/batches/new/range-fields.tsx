import { Plus, Trash2 } from "lucide-react";
import { Button } from "@/app/components/actions/button";
import { TextField } from "@/app/components/forms/text-field";
import { type DraftRange, emptyRange } from "./source-draft";

/** The ranges whose combinations become work units. */
export function RangeFields({
	ranges,
	onChange,
}: {
	ranges: readonly DraftRange[];
	onChange: (ranges: DraftRange[]) => void;
}) {
	const set = (key: string, facts: Partial<DraftRange>) =>
		onChange(
			ranges.map((range) =>
				range.key === key ? { ...range, ...facts } : range,
			),
		);
	return (
		<div className="space-y-4">
			<p className="text-ink-soft text-sm">
				A range counts from its beginning to before its end. With several
				ranges, every combination becomes a work unit; the last one counts
				fastest.
			</p>
			{ranges.map((range) => (
				<fieldset
					key={range.key}
					className="grid grid-cols-2 items-start gap-3 rounded-xl border border-line p-4 sm:grid-cols-[1fr_1fr_1fr_1fr_1fr_auto]"
				>
					<legend className="sr-only">Range {range.name}</legend>
					<TextField
						label="Parameter"
						mono
						value={range.name}
						onValue={(name) => set(range.key, { name })}
					/>
					<TextField
						label="From"
						inputMode="decimal"
						value={range.from}
						onValue={(from) => set(range.key, { from })}
					/>
					<TextField
						label="To before"
						inputMode="decimal"
						value={range.to}
						onValue={(to) => set(range.key, { to })}
					/>
					<TextField
						label="Step"
						inputMode="decimal"
						value={range.step}
						onValue={(step) => set(range.key, { step })}
					/>
					<TextField
						label="End as"
						optional
						mono
						placeholder="end"
						title="The parameter that holds where each step ends"
						value={range.endName}
						onValue={(endName) => set(range.key, { endName })}
					/>
					<Button
						variant="ghost"
						className="self-end"
						aria-label={`Remove range ${range.name}`}
						disabled={ranges.length === 1}
						icon={<Trash2 aria-hidden />}
						onClick={() =>
							onChange(ranges.filter(({ key }) => key !== range.key))
						}
					/>
				</fieldset>
			))}
			{ranges.length < 8 && (
				<Button
					size="sm"
					icon={<Plus aria-hidden />}
					onClick={() => onChange([...ranges, emptyRange()])}
				>
					Add a range
				</Button>
			)}
		</div>
	);
}
