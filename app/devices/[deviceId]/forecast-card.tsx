"use client";

import { MoonStar } from "lucide-react";
import Link from "next/link";
import { useMemo } from "react";
import { LineChart } from "../../components/charts/line-chart";
import { StatTile } from "../../components/charts/stat-tile";
import { Card } from "../../components/layout/card";
import { useTRPC } from "../../components/live/trpc-provider";
import { useLiveQuery } from "../../components/live/use-live-query";
import { EmptyState } from "../../components/notices/empty-state";
import { ErrorNotice } from "../../components/notices/error-notice";
import { Skeleton } from "../../components/notices/skeleton";
import { showSpan } from "../../components/text/show-quantity";
import { TimeAgo } from "../../components/text/time-ago";
import { AccuracyDays } from "../../forecasts/accuracy-days";
import { FORECASTERS } from "../../forecasts/forecaster-names";
import { ReliabilityChart } from "../../forecasts/reliability-chart";
import { showPercent, showScore } from "../../forecasts/show-score";
import { IdleWindows } from "./idle-windows";

function useForecast(deviceId: string) {
	const trpc = useTRPC();
	return useLiveQuery(
		trpc.devices.forecast.queryOptions(
			{ deviceId, utcOffsetMinutes: -new Date().getTimezoneOffset() },
			{ refetchInterval: 300_000, placeholderData: (previous) => previous },
		),
		[`forecast:${deviceId}`],
	);
}
export type ForecastData = NonNullable<ReturnType<typeof useForecast>["data"]>;

/** What is expected of the device: how long it stays idle, its coming day, its habits, and how right that was so far. */
export function ForecastCard({ deviceId }: { deviceId: string }) {
	const { data, error, refetch } = useForecast(deviceId);
	return (
		<Card
			title="Forecast"
			description="Tasks come only when the device will probably stay idle until they are done."
		>
			{data ? (
				<Loaded forecast={data} />
			) : error ? (
				<ErrorNotice error={error} onRetry={() => void refetch()} />
			) : (
				<Skeleton className="h-72" />
			)}
		</Card>
	);
}

function Loaded({ forecast }: { forecast: ForecastData }) {
	if (!forecast.madeAt)
		return (
			<EmptyState icon={<MoonStar />} title="No forecast yet">
				It is made within seconds of the device coming online.
			</EmptyState>
		);
	return (
		<div className="space-y-6">
			<HowLong forecast={forecast} />
			{forecast.curve.length > 0 ? (
				<>
					<Curve forecast={forecast} />
					<IdleWindows windows={forecast.windows} />
				</>
			) : (
				<p className="text-ink-soft text-sm">
					Nothing was measured so far. Until it was, the device is expected to
					do what others of its kind do.
				</p>
			)}
			<p className="text-ink-soft text-sm">
				{forecast.rhythm ??
					"Its habits show once it was measured for a day or more."}{" "}
				<WhoSaysSo forecast={forecast} />
			</p>
			<SoFar forecast={forecast} />
		</div>
	);
}

const LENGTHS = [900, 3600, 4 * 3600];

function HowLong({ forecast }: { forecast: ForecastData }) {
	const at = (seconds: number) =>
		forecast.survival.find((point) => point.seconds >= seconds)?.probability;
	return (
		<div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
			{LENGTHS.map((seconds) => (
				<StatTile
					key={seconds}
					label={`Idle for ${showSpan(seconds).replace(" 0 min", "")}`}
					value={showPercent(at(seconds) ?? null)}
					detail={`stays under ${forecast.limitPercent} % of the processor`}
				/>
			))}
			<StatTile
				label="Right so far"
				value={showScore(forecast.accuracy.brier)}
				detail={
					forecast.accuracy.forecasts
						? `Brier score of ${forecast.accuracy.forecasts.toLocaleString("en")} forecasts; 0 is perfect`
						: "none was checked yet"
				}
			/>
		</div>
	);
}

/** The last day as it was, then the coming one as it is expected. */
function Curve({
	forecast: { past, curve, limitPercent },
}: {
	forecast: ForecastData;
}) {
	const { x, series } = useMemo(() => {
		const known = past.map(({ percent }) => percent);
		const none = <T,>(list: readonly T[]) => list.map(() => null);
		return {
			x: [...past, ...curve].map(({ t }) => t),
			series: [
				{
					label: "Was",
					values: [...known, ...none(curve)],
					color: 2 as const,
					fill: true,
				},
				{
					label: "Expected",
					values: [...none(past), ...curve.map((point) => point.expected)],
					color: 1 as const,
				},
				{
					label: "at least",
					values: [...none(past), ...curve.map(({ low }) => low)],
					color: 1 as const,
					dashed: true,
				},
				{
					label: "at most",
					values: [...none(past), ...curve.map(({ high }) => high)],
					color: 1 as const,
					dashed: true,
				},
				{
					label: "Your limit",
					values: [...past, ...curve].map(() => limitPercent),
					color: 4 as const,
					dashed: true,
				},
			],
		};
	}, [past, curve, limitPercent]);
	return (
		<LineChart
			label="Processor use of own programs: the last day and what is expected of the next, with the band in which it lies eight times of ten"
			x={x}
			series={series}
			yRange={[0, 100]}
			unit=" %"
		/>
	);
}

/** How right this device's forecasts were, for whoever wants to know. */
function SoFar({ forecast: { accuracy, days } }: { forecast: ForecastData }) {
	if (accuracy.reliability.length === 0) return null;
	const placed = days.reduce((sum, day) => sum + day.placed, 0);
	const interrupted = days.reduce((sum, day) => sum + day.interrupted, 0);
	return (
		<details className="text-sm">
			<summary className="cursor-pointer text-ink-soft hover:text-ink">
				How right they were in 30 days
				{placed > 0 &&
					`; ${showPercent(interrupted / placed)} of ${placed.toLocaleString("en")} tasks were given back`}
			</summary>
			<div className="mt-4 space-y-6">
				<ReliabilityChart points={accuracy.reliability} />
				{days.length > 1 && <AccuracyDays days={days} />}
			</div>
		</details>
	);
}

function WhoSaysSo({ forecast }: { forecast: ForecastData }) {
	if (!forecast.forecaster) return null;
	const { label, description } = FORECASTERS[forecast.forecaster];
	return (
		<>
			Forecast <TimeAgo at={forecast.madeAt} /> by “{label}” ({description}),
			the one that did best on this device&apos;s own last days.{" "}
			<Link href="/forecasts" className="underline hover:text-ink">
				How right are forecasts?
			</Link>
		</>
	);
}
