import { showPercent } from "../../forecasts/show-score";

const time = new Intl.DateTimeFormat("en-GB", {
	weekday: "short",
	hour: "2-digit",
	minute: "2-digit",
});
const hour = new Intl.DateTimeFormat("en-GB", {
	hour: "2-digit",
	minute: "2-digit",
});

/** When the device will probably be idle in the coming day. */
export function IdleWindows({
	windows,
}: {
	windows: readonly { from: string; until: string; probability: number }[];
}) {
	if (windows.length === 0)
		return (
			<p className="text-ink-soft text-sm">
				No time of the coming day is likely to be idle; tasks come when it is
				all the same.
			</p>
		);
	return (
		<ul className="flex flex-wrap gap-2" aria-label="Likely idle">
			{windows.map(({ from, until, probability }) => (
				<li
					key={from}
					className="rounded-lg border border-line bg-sunken/60 px-3 py-1.5 text-sm tabular-nums"
				>
					{time.format(new Date(from))} – {hour.format(new Date(until))}{" "}
					<span className="text-ink-faint">{showPercent(probability)}</span>
				</li>
			))}
		</ul>
	);
}
