import { classNames } from "../layout/class-names";

/** The load of a home computer over a day, in tenths: what its owner does with it. */
const DAY = [
	2, 1, 1, 1, 1, 1, 2, 4, 7, 6, 3, 2, 3, 6, 3, 2, 2, 3, 6, 8, 9, 8, 6, 3, 2,
];
/** When it stands idle long enough, from hour to hour. */
const LULLS = [
	[0.4, 6.2],
	[10.2, 12.1],
	[14.4, 16.8],
] as const;

const WIDTH = 960;
const HEIGHT = 220;
const x = (hour: number) => (hour / 24) * WIDTH;
const y = (load: number) => HEIGHT - 14 - load * 17;

/** A smooth line through the hours. */
function curve(): string {
	const points = DAY.map((load, hour) => [x(hour), y(load)] as const);
	return points
		.map(([px, py], index) => {
			const before = points[index - 1];
			if (!before) return `M${px} ${py}`;
			const middle = (before[0] + px) / 2;
			return `C${middle} ${before[1]} ${middle} ${py} ${px} ${py}`;
		})
		.join("");
}

/** The picture of what Lull does: a day's load, and the work that runs in its lulls. */
export function LullCurve({ className }: { className?: string }) {
	const line = curve();
	return (
		<figure className={classNames("min-w-0", className)}>
			<svg
				viewBox={`0 -16 ${WIDTH} ${HEIGHT + 44}`}
				className="block w-full"
				role="img"
				aria-label="A day of a home computer: its own load rises and falls, and science runs in the hours between."
			>
				<defs>
					<linearGradient id="duty" x1="0" y1="0" x2="0" y2="1">
						<stop offset="0" stopColor="var(--ink)" stopOpacity="0.16" />
						<stop offset="1" stopColor="var(--ink)" stopOpacity="0.02" />
					</linearGradient>
				</defs>
				{LULLS.map(([from, to], index) => (
					<g key={from}>
						<rect
							x={x(from)}
							y={28}
							width={x(to) - x(from)}
							height={HEIGHT - 28}
							rx="12"
							className="fill-accent-soft"
						/>
						{tiles(from, to).map((tile) => (
							<rect
								key={tile.x}
								x={tile.x}
								y={tile.y}
								width="13"
								height="13"
								rx="3.5"
								className="animate-breathe fill-accent"
								style={{
									animationDelay: `${(tile.delay + index * 5) * 130}ms`,
								}}
							/>
						))}
					</g>
				))}
				<path d={`${line}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z`} fill="url(#duty)" />
				<path
					d={line}
					fill="none"
					className="stroke-ink"
					strokeWidth="2.25"
					strokeLinecap="round"
				/>
				<line
					x1="0"
					x2={WIDTH}
					y1={HEIGHT}
					y2={HEIGHT}
					className="stroke-line-strong"
				/>
				{[0, 6, 12, 18, 24].map((hour) => (
					<text
						key={hour}
						x={x(hour)}
						y={HEIGHT + 22}
						textAnchor={hour === 0 ? "start" : hour === 24 ? "end" : "middle"}
						className="fill-ink-faint text-[13px] tabular-nums max-sm:text-[26px]"
					>
						{String(hour).padStart(2, "0")}:00
					</text>
				))}
			</svg>
			<figcaption className="mt-3 flex flex-wrap gap-x-6 gap-y-1 text-ink-faint text-sm">
				<span className="flex items-center gap-2">
					<span className="h-0.5 w-5 rounded bg-ink" />
					what you do with it
				</span>
				<span className="flex items-center gap-2">
					<span className="size-3 rounded-[3px] bg-accent" />
					science, in the lulls
				</span>
			</figcaption>
		</figure>
	);
}

/** Two rows of tasks in a window. */
function tiles(from: number, to: number) {
	const room = Math.floor((x(to) - x(from) - 16) / 21);
	const start = (x(from) + x(to)) / 2 - (room * 21 - 8) / 2;
	return [58, 80].flatMap((top, row) =>
		Array.from({ length: room - row }, (_, index) => ({
			x: start + row * 0.001 + index * 21,
			y: top,
			delay: index + row * 3,
		})),
	);
}
