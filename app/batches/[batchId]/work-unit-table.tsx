"use client";

import type { inferRouterOutputs } from "@trpc/server";
import { ListTree } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { SelectField } from "@/app/components/forms/select-field";
import { useTRPC } from "@/app/components/live/trpc-provider";
import { nextPage, useLivePages } from "@/app/components/live/use-live-pages";
import { EmptyState } from "@/app/components/notices/empty-state";
import { StateBadge } from "@/app/components/notices/state-badge";
import type { Column } from "@/app/components/tables/data-table";
import { ListCard } from "@/app/components/tables/list-card";
import { TimeAgo } from "@/app/components/text/time-ago";
import type { AppRouter } from "@/server/api/app-router";

type WorkUnit =
	inferRouterOutputs<AppRouter>["workUnits"]["list"]["items"][number];

const STATES = [
	{ value: "all", label: "All" },
	{ value: "open", label: "Open" },
	{ value: "done", label: "Done" },
	{ value: "failed", label: "Failed" },
	{ value: "cancelled", label: "Cancelled" },
] as const;

const columns: Column<WorkUnit>[] = [
	{
		key: "index",
		header: "#",
		align: "right",
		className: "w-16",
		cell: ({ id, index }) => (
			<Link href={`/work-units/${id}`} className="font-medium hover:underline">
				{index}
			</Link>
		),
	},
	{
		key: "state",
		header: "State",
		cell: ({ state, failureReason }) => (
			<>
				<StateBadge state={state} />
				{failureReason && (
					<div className="mt-1 text-ink-faint text-xs">{failureReason}</div>
				)}
			</>
		),
	},
	{
		key: "parameters",
		header: "Parameters",
		cell: ({ parameters }) => (
			<span className="break-all font-mono text-[13px]">
				{Object.entries(parameters)
					.map(([name, value]) => `${name}=${value}`)
					.join("  ")
					.slice(0, 300)}
			</span>
		),
	},
	{
		key: "tasks",
		header: "Tasks",
		hideBelow: "sm",
		cell: ({ tasks }) => (
			<div className="flex flex-wrap gap-1.5">
				{tasks.map(({ id, state }) => (
					<Link key={id} href={`/tasks/${id}`} className="hover:opacity-80">
						<StateBadge state={state} />
					</Link>
				))}
			</div>
		),
	},
	{
		key: "finished",
		header: "Ended",
		hideBelow: "md",
		cell: ({ finishedAt }) => <TimeAgo at={finishedAt} never="–" />,
	},
];

/** The work units of a batch. */
export function WorkUnitTable({ batchId }: { batchId: string }) {
	const trpc = useTRPC();
	const [state, setState] = useState<(typeof STATES)[number]["value"]>("all");
	const list = useLivePages(
		trpc.workUnits.list.infiniteQueryOptions(
			{ batchId, limit: 50, ...(state !== "all" && { state }) },
			nextPage,
		),
		[`batch:${batchId}`],
	);
	return (
		<>
			<div className="mb-4 w-40">
				<SelectField
					label="State"
					options={STATES}
					value={state}
					onValue={setState}
				/>
			</div>
			<ListCard
				list={list}
				caption="Work units"
				columns={columns}
				rowKey={({ id }) => id}
				rowHref={({ id }) => `/work-units/${id}`}
				empty={
					<EmptyState
						icon={<ListTree />}
						title={
							state === "all" ? "No work units" : `No work unit is ${state}`
						}
					/>
				}
			/>
		</>
	);
}
