import { useMemo } from "react";
import { LineChart } from "../components/charts/line-chart";

/** How right forecasts were, day by day, and how much was given back all the same. */
export function AccuracyDays({
	days,
}: {
	days: readonly {
		day: string;
		brier: number | null;
		calibrationError: number | null;
		placed: number;
		interrupted: number;
	}[];
}) {
	const { x, series } = useMemo(
		() => ({
			x: days.map(({ day }) => Date.parse(day) / 1000),
			series: [
				{ label: "Brier score", values: days.map(({ brier }) => brier) },
				{
					label: "Calibration error",
					values: days.map(({ calibrationError }) => calibrationError),
				},
				{
					label: "Given back",
					values: days.map(({ placed, interrupted }) =>
						placed ? interrupted / placed : null,
					),
				},
			],
		}),
		[days],
	);
	return (
		<LineChart
			label="Brier score, calibration error and share of tasks given back, by day"
			x={x}
			series={series}
			height={180}
		/>
	);
}
