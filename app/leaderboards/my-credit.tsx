"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { LineChart } from "../components/charts/line-chart";
import { Card } from "../components/layout/card";
import { useTRPC } from "../components/live/trpc-provider";
import { useLiveQuery } from "../components/live/use-live-query";
import { showCredit } from "../devices/show-number";

/** One's own credit, day by day. Nothing for those who have none. */
export function MyCredit() {
	const trpc = useTRPC();
	const credit = useLiveQuery(trpc.credit.mine.queryOptions({}), ["overview"]);
	const history = useQuery(
		trpc.credit.history.queryOptions({ days: 30 }, { staleTime: 60_000 }),
	);
	const days = history.data?.items;
	const { x, series } = useMemo(
		() => ({
			x: (days ?? []).map(({ day }) => new Date(day).getTime() / 1000),
			series: [
				{
					label: "Credit",
					values: (days ?? []).map(({ amount }) => amount),
					fill: true,
				},
			],
		}),
		[days],
	);
	if (!credit.data || credit.data.totalCredit === 0) return null;
	return (
		<Card
			className="mb-8"
			title={`You have ${showCredit(credit.data.totalCredit)} credit`}
			description={`${showCredit(credit.data.recentCredit)} a day lately. The last 30 days:`}
		>
			<LineChart
				label="Your credit on each of the last 30 days"
				x={x}
				series={series}
				height={160}
			/>
		</Card>
	);
}
