"use client";

import { useTheme } from "next-themes";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

export type ChartSeries = {
	label: string;
	/** As many as there are times; null leaves a gap. */
	values: readonly (number | null)[];
	/** One of the four chart colours; by position when left out. */
	color?: 1 | 2 | 3 | 4;
	fill?: boolean;
	dashed?: boolean;
};

/**
 * Lines over time (`x` in Unix seconds, rising), or over any number with `time={false}`. New data is drawn without
 * building the chart again, so it may change several times a second.
 */
export function LineChart({
	label,
	x,
	series,
	height = 220,
	yRange,
	unit = "",
	time = true,
}: {
	/** What the chart shows, for those who cannot see it. */
	label: string;
	x: readonly number[];
	series: readonly ChartSeries[];
	height?: number;
	yRange?: [number, number];
	unit?: string;
	time?: boolean;
}) {
	const box = useRef<HTMLDivElement>(null);
	const chart = useRef<uPlot | null>(null);
	const data = useRef<uPlot.AlignedData>([[]]);
	data.current = [
		x,
		...series.map(({ values }) => values),
	] as uPlot.AlignedData;
	const { resolvedTheme } = useTheme();
	// Whatever changes the chart's build; the data alone does not.
	const shape = JSON.stringify([
		series.map(({ values, ...look }) => look),
		height,
		yRange,
		unit,
		time,
		resolvedTheme,
	]);

	useEffect(() => {
		const element = box.current;
		if (!element) return;
		const [looks, , range, suffix] = JSON.parse(shape);
		const plot = new uPlot(
			chartOptions(element.clientWidth, height, looks, range, suffix, time),
			data.current,
			element,
		);
		chart.current = plot;
		const watcher = new ResizeObserver(() =>
			plot.setSize({ width: element.clientWidth, height }),
		);
		watcher.observe(element);
		return () => {
			watcher.disconnect();
			plot.destroy();
			chart.current = null;
		};
	}, [shape, height, time]);

	// biome-ignore lint/correctness/useExhaustiveDependencies: the data is read from the ref
	useEffect(() => {
		chart.current?.setData(data.current);
	}, [x, series]);

	return (
		<div
			ref={box}
			role="img"
			aria-label={label}
			className="w-full min-w-0 overflow-hidden [&_.u-legend]:font-sans [&_.u-legend]:text-ink-soft [&_.u-legend]:text-xs [&_.u-legend_th]:font-medium!"
			style={{ minHeight: height }}
		/>
	);
}

/** Steps of a time axis and what is written at them, in 24 hours: uPlot's own are American. */
const timeTicks: uPlot.Axis.Values = [
	[365 * 86_400, "{YYYY}", null, null, null, null, null, null, 1],
	[28 * 86_400, "{MMM}", "\n{YYYY}", null, null, null, null, null, 1],
	[86_400, "{D} {MMM}", "\n{YYYY}", null, null, null, null, null, 1],
	[60, "{HH}:{mm}", "\n{D} {MMM}", null, "\n{D} {MMM}", null, null, null, 1],
	[1, ":{ss}", "\n{HH}:{mm}", null, null, null, "\n{HH}:{mm}", null, 1],
];
const sayTime = uPlot.fmtDate("{D} {MMM} {HH}:{mm}:{ss}");

const variable = (name: string) =>
	getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function chartOptions(
	width: number,
	height: number,
	looks: readonly Omit<ChartSeries, "values">[],
	yRange: [number, number] | null | undefined,
	unit: string,
	time: boolean,
): uPlot.Options {
	const axis = {
		stroke: variable("--ink-faint"),
		grid: { stroke: variable("--line"), width: 1 },
		ticks: { show: false },
		font: '11px "Inter Variable", sans-serif',
	};
	const say = (value: number | null) =>
		value === null ? "–" : `${Number(value.toPrecision(4))}${unit}`;
	return {
		width,
		height,
		cursor: { y: false, points: { size: 6 } },
		legend: { live: true },
		scales: {
			x: { time },
			...(yRange ? { y: { range: yRange } } : {}),
		},
		axes: [
			time ? { ...axis, values: timeTicks } : { ...axis },
			{
				...axis,
				size: 56,
				values: (_plot, ticks) => ticks.map((tick) => say(tick)),
			},
		],
		series: [
			time
				? {
						label: "Time",
						value: (_plot, seconds) =>
							seconds === null ? "–" : sayTime(new Date(seconds * 1000)),
					}
				: { label: "x" },
			...looks.map((look, index): uPlot.Series => {
				const color = variable(`--chart-${look.color ?? (index % 4) + 1}`);
				return {
					label: look.label,
					stroke: color,
					width: 1.75,
					points: { show: false },
					value: (_plot, value) => say(value),
					...(look.fill
						? {
								fill: `color-mix(in srgb, ${color} 14%, transparent)`,
							}
						: {}),
					...(look.dashed ? { dash: [6, 4] } : {}),
				};
			}),
		],
	};
}
