"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import type { Sample } from "@/agent/core/protocol";
import { LineChart } from "../../components/charts/line-chart";
import { Card } from "../../components/layout/card";
import { useTRPC } from "../../components/live/trpc-provider";
import { useTopic } from "../../components/live/use-topic";
import { Badge } from "../../components/notices/badge";
import { Spinner } from "../../components/notices/spinner";

const SHOWN_MS = 5 * 60_000;
const SAMPLES = SHOWN_MS / 2_000;

type Load = Pick<Sample, "t" | "dutyCpu" | "oursCpu">;

/** The last five minutes, as the device tells them: a sample every two seconds while this is looked at. */
export function LoadNow({ deviceId }: { deviceId: string }) {
	const [live, setLive] = useState<Load[]>([]);
	useTopic(`device:${deviceId}`, (event) => {
		if (event.kind === "sample")
			setLive((known) => [...known.slice(-SAMPLES), event.sample]);
	});
	const before = useLoadsBefore(deviceId);
	const loads = useMemo(() => join(before, live), [before, live]);
	const series = useMemo(
		() => [
			{
				label: "Own programs",
				values: loads.map(({ dutyCpu }) => dutyCpu),
				color: 2 as const,
				fill: true,
			},
			{
				label: "Tasks",
				values: loads.map(({ oursCpu }) => oursCpu),
				color: 1 as const,
				fill: true,
			},
		],
		[loads],
	);
	const x = useMemo(() => loads.map(({ t }) => t / 1000), [loads]);
	return (
		<Card
			title="Processor now"
			description="What your own programs use, and what our tasks use of the rest."
			actions={
				live.length > 0 ? (
					<Badge tone="good" live>
						live
					</Badge>
				) : (
					<Spinner label="Waiting for the device" />
				)
			}
		>
			<LineChart
				label="Processor load of the last five minutes, by own programs and by tasks"
				x={x}
				series={series}
				yRange={[0, 100]}
				unit=" %"
				height={200}
			/>
		</Card>
	);
}

/** What the server had of the last minutes when the page was opened. */
function useLoadsBefore(deviceId: string): Load[] {
	const trpc = useTRPC();
	const span = useRef<{ from: string; to: string } | null>(null);
	span.current ??= {
		from: new Date(Date.now() - SHOWN_MS).toISOString(),
		to: new Date(Date.now() + 60_000).toISOString(),
	};
	const { data } = useQuery(
		trpc.devices.telemetry.queryOptions(
			{ deviceId, ...span.current, maxPoints: 2 * SAMPLES },
			{ staleTime: Number.POSITIVE_INFINITY },
		),
	);
	return useMemo(
		() =>
			(data?.points ?? []).map(({ t, dutyCpu, oursCpu }) => ({
				t,
				dutyCpu: dutyCpu.mean,
				oursCpu: oursCpu.mean,
			})),
		[data],
	);
}

/** In order of time, each moment once, no older than is shown. */
function join(before: readonly Load[], live: readonly Load[]): Load[] {
	const byTime = new Map(
		[...before, ...live].map((load) => [Math.floor(load.t / 2_000), load]),
	);
	const all = [...byTime.values()].sort((a, b) => a.t - b.t);
	const newest = all.at(-1)?.t ?? 0;
	return all.filter(({ t }) => t > newest - SHOWN_MS);
}
