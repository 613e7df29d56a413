"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { LineChart } from "../../components/charts/line-chart";
import { Card } from "../../components/layout/card";
import { Tabs } from "../../components/layout/tabs";
import { useTRPC } from "../../components/live/trpc-provider";
import { ErrorNotice } from "../../components/notices/error-notice";
import { Skeleton } from "../../components/notices/skeleton";

const HOUR_MS = 3_600_000;
const POINTS = 288;
const spans = {
	hour: { label: "Hour", ms: HOUR_MS },
	day: { label: "24 hours", ms: 24 * HOUR_MS },
	week: { label: "Week", ms: 7 * 24 * HOUR_MS },
} as const;
type Span = keyof typeof spans;

interface Point {
	t: number;
	dutyCpu: { mean: number; max: number };
	oursCpu: { mean: number; max: number };
	temperature: number | null;
}

/** The stored telemetry, as means and peaks. */
export function LoadHistory({
	deviceId,
	enrolledAt,
}: {
	deviceId: string;
	enrolledAt: string;
}) {
	const now = useMinute();
	// A day of a device that came this morning would be an empty picture.
	const [span, setSpan] = useState<Span>(() =>
		now - Date.parse(enrolledAt) < 6 * HOUR_MS ? "hour" : "day",
	);
	const trpc = useTRPC();
	const query = useQuery(
		trpc.devices.telemetry.queryOptions(
			{
				deviceId,
				from: new Date(now - spans[span].ms).toISOString(),
				to: new Date(now).toISOString(),
				maxPoints: POINTS,
			},
			{ placeholderData: (previous) => previous },
		),
	);
	return (
		<Card title="Processor before">
			<Tabs
				label="How far back"
				current={span}
				onChange={setSpan}
				tabs={(Object.keys(spans) as Span[]).map((key) => ({
					key,
					label: spans[key].label,
				}))}
			>
				{query.data ? (
					<History
						points={query.data.points}
						stretchMs={query.data.stretchMs}
						span={spans[span].label.toLowerCase()}
					/>
				) : query.error ? (
					<ErrorNotice
						error={query.error}
						onRetry={() => void query.refetch()}
					/>
				) : (
					<Skeleton className="h-56" />
				)}
			</Tabs>
		</Card>
	);
}

function History({
	points,
	stretchMs,
	span,
}: {
	points: readonly Point[];
	stretchMs: number;
	span: string;
}) {
	const { x, series } = useMemo(
		() => toChart(withGaps(points, stretchMs)),
		[points, stretchMs],
	);
	if (points.length === 0)
		return (
			<p className="py-10 text-center text-ink-faint text-sm">
				Nothing was measured in this time. A device sends what it measured each
				minute.
			</p>
		);
	return (
		<LineChart
			label={`Processor load of the last ${span}, by own programs and by tasks`}
			x={x}
			series={series}
			yRange={[0, 100]}
			unit=" %"
		/>
	);
}

type Gap = { t: number; gap: true };

/** Where the device was away the line breaks off. */
function withGaps(
	points: readonly Point[],
	stretchMs: number,
): (Point | Gap)[] {
	return points.flatMap((point, index) => {
		const before = points[index - 1];
		return before && point.t - before.t > 2 * stretchMs
			? [{ t: before.t + stretchMs, gap: true as const }, point]
			: [point];
	});
}

function toChart(points: readonly (Point | Gap)[]) {
	const pick = (value: (point: Point) => number | null) =>
		points.map((point) => ("gap" in point ? null : value(point)));
	return {
		x: points.map(({ t }) => t / 1000),
		series: [
			{
				label: "Own programs",
				values: pick(({ dutyCpu }) => dutyCpu.mean),
				color: 2 as const,
				fill: true,
			},
			{
				label: "their peak",
				values: pick(({ dutyCpu }) => dutyCpu.max),
				color: 2 as const,
				dashed: true,
			},
			{
				label: "Tasks",
				values: pick(({ oursCpu }) => oursCpu.mean),
				color: 1 as const,
				fill: true,
			},
		],
	};
}

const thisMinute = () => Math.ceil(Date.now() / 60_000) * 60_000;

/** The time, in whole minutes: new telemetry comes once a minute. */
function useMinute(): number {
	const [now, setNow] = useState(thisMinute);
	useEffect(() => {
		const timer = setInterval(() => setNow(thisMinute()), 20_000);
		return () => clearInterval(timer);
	}, []);
	return now;
}
