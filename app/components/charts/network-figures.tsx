"use client";

import { useTRPC } from "../live/trpc-provider";
import { useLiveQuery } from "../live/use-live-query";

const whole = (value: number | undefined) =>
	value?.toLocaleString("en", {
		maximumFractionDigits: 0,
		notation: value >= 1_000_000 ? "compact" : "standard",
	});

/** What the network does right now, for everyone. */
export function NetworkFigures() {
	const trpc = useTRPC();
	const { data, isError } = useLiveQuery(
		trpc.overview.get.queryOptions({}, { refetchInterval: 30_000 }),
		["overview"],
	);
	const figures = [
		{
			label: "devices online",
			value: whole(data?.devicesOnline),
			detail: data && `${whole(data.coresLending)} cores lending`,
		},
		{
			label: "tasks running",
			value: whole(data?.tasksRunning),
			detail:
				data &&
				`${whole(data.projectsActive)} active ${data.projectsActive === 1 ? "project" : "projects"}`,
		},
		{
			label: "work units done",
			value: whole(data?.workUnitsDone),
			detail: data && `${whole(data.workUnitsDoneToday)} today`,
		},
		{
			label: "credit granted",
			value: whole(data?.creditGranted),
			detail: data && `to ${whole(data.owners)} owners`,
		},
	];
	return (
		<dl className="mx-auto grid max-w-6xl grid-cols-2 gap-x-8 gap-y-8 px-4 py-10 sm:px-6 md:grid-cols-4">
			{figures.map(({ label, value, detail }) => (
				<div key={label} className="flex flex-col-reverse">
					<dd className="mt-0.5 text-ink-faint text-sm">
						{detail ?? "\u00a0"}
					</dd>
					<dt className="text-ink-soft">{label}</dt>
					<dd className="font-semibold text-3xl tabular-nums tracking-tight sm:text-4xl">
						{value ??
							(isError ? (
								"–"
							) : (
								<span className="inline-block h-8 w-20 animate-breathe rounded-lg bg-sunken" />
							))}
					</dd>
				</div>
			))}
		</dl>
	);
}
