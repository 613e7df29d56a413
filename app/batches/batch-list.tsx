"use client";

import type { inferRouterOutputs } from "@trpc/server";
import { Layers } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import type { AppRouter } from "@/server/api/app-router";
import { ButtonLink } from "../components/actions/button";
import { ProgressBar } from "../components/charts/progress-bar";
import { SelectField } from "../components/forms/select-field";
import { useTRPC } from "../components/live/trpc-provider";
import { nextPage, useLivePages } from "../components/live/use-live-pages";
import { EmptyState } from "../components/notices/empty-state";
import { StateBadge } from "../components/notices/state-badge";
import type { Column } from "../components/tables/data-table";
import { ListCard } from "../components/tables/list-card";
import { showCount } from "../components/text/show-quantity";
import { TimeAgo } from "../components/text/time-ago";
import { batchShares } from "./batch-shares";

type Batch = inferRouterOutputs<AppRouter>["batches"]["list"]["items"][number];

const STATES = [
	{ value: "all", label: "All" },
	{ value: "open", label: "Open" },
	{ value: "done", label: "Done" },
	{ value: "cancelled", label: "Cancelled" },
] as const;

const columns: Column<Batch>[] = [
	{
		key: "name",
		header: "Batch",
		cell: ({ id, name, project }) => (
			<>
				<Link
					href={`/batches/${id}`}
					className="break-words font-medium hover:underline"
				>
					{name}
				</Link>
				<div className="text-ink-faint text-xs">{project.name}</div>
			</>
		),
	},
	{
		key: "state",
		header: "State",
		cell: ({ state }) => <StateBadge state={state} />,
	},
	{
		key: "progress",
		header: "Progress",
		hideBelow: "sm",
		className: "min-w-40",
		cell: (batch) => (
			<ProgressBar
				slim
				label={`Progress of ${batch.name}`}
				parts={batchShares(batch)}
			/>
		),
	},
	{
		key: "done",
		header: "Done",
		align: "right",
		cell: ({ doneUnits, workUnits }) =>
			`${showCount(doneUnits)} of ${showCount(workUnits)}`,
	},
	{
		key: "failed",
		header: "Failed",
		align: "right",
		hideBelow: "md",
		cell: ({ failedUnits }) => (failedUnits ? showCount(failedUnits) : "–"),
	},
	{
		key: "created",
		header: "Submitted",
		hideBelow: "md",
		cell: ({ createdAt }) => <TimeAgo at={createdAt} />,
	},
];

/** Batches, newest first: of one project, or of all of one's own. */
export function BatchList({ projectId }: { projectId?: string }) {
	const trpc = useTRPC();
	const [state, setState] = useState<(typeof STATES)[number]["value"]>("all");
	const list = useLivePages(
		trpc.batches.list.infiniteQueryOptions(
			{
				limit: 50,
				...(projectId && { projectId }),
				...(state !== "all" && { state }),
			},
			{ ...nextPage, refetchInterval: 10_000 },
		),
		projectId ? [`project:${projectId}`] : [],
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
				caption="Batches"
				columns={columns}
				rowKey={({ id }) => id}
				rowHref={({ id }) => `/batches/${id}`}
				empty={
					<EmptyState
						icon={<Layers />}
						title={state === "all" ? "No batch yet" : `No batch is ${state}`}
						action={
							!projectId && (
								<ButtonLink href="/projects">To the projects</ButtonLink>
							)
						}
					>
						A batch is work that is submitted together. Begin one on the page of
						an approved project.
					</EmptyState>
				}
			/>
		</>
	);
}
