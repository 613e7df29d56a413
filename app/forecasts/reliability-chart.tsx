import { showPercent } from "./show-score";

const SIZE = 100;
const at = (share: number) => share * SIZE;

/** What was said against what held, by tenths; the bigger a point, the more forecasts it stands for. */
export function ReliabilityChart({
	points,
}: {
	points: readonly { said: number; held: number; forecasts: number }[];
}) {
	const most = Math.max(...points.map(({ forecasts }) => forecasts));
	return (
		<figure className="grid gap-6 sm:grid-cols-[minmax(0,18rem)_minmax(0,1fr)] sm:items-center">
			<svg
				viewBox="-14 -4 122 120"
				role="img"
				aria-label="Share that held against the probability that was said"
				className="w-full text-ink-faint"
			>
				<rect
					width={SIZE}
					height={SIZE}
					fill="none"
					stroke="var(--line)"
					strokeWidth="0.6"
				/>
				<line
					x1="0"
					y1={SIZE}
					x2={SIZE}
					y2="0"
					stroke="var(--line-strong)"
					strokeWidth="0.8"
					strokeDasharray="2 2"
				/>
				{points.map(({ said, held, forecasts }) => (
					<circle
						key={said}
						cx={at(said)}
						cy={SIZE - at(held)}
						r={1.2 + 2.8 * Math.sqrt(forecasts / most)}
						fill="var(--chart-1)"
						fillOpacity="0.75"
					/>
				))}
				<g fontSize="5" fill="currentColor">
					<text x="0" y="108">
						0
					</text>
					<text x={SIZE} y="108" textAnchor="end">
						said 100 %
					</text>
					<text x="-2" y="4" textAnchor="end">
						held
					</text>
				</g>
			</svg>
			<table className="w-full text-sm tabular-nums">
				<caption className="sr-only">The same in figures</caption>
				<thead>
					<tr className="text-left text-ink-faint">
						<th className="pb-2 font-medium">Said</th>
						<th className="pb-2 font-medium">Held</th>
						<th className="pb-2 text-right font-medium">Forecasts</th>
					</tr>
				</thead>
				<tbody>
					{points.map(({ said, held, forecasts }) => (
						<tr key={said} className="border-line border-t">
							<td className="py-1.5">{showPercent(said)}</td>
							<td className="py-1.5">{showPercent(held)}</td>
							<td className="py-1.5 text-right">
								{forecasts.toLocaleString("en")}
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</figure>
	);
}
