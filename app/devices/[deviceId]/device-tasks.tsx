"use client";

import { ListChecks } from "lucide-react";
import Link from "next/link";
import { ProgressBar } from "../../components/charts/progress-bar";
import { useTRPC } from "../../components/live/trpc-provider";
import { nextPage, useLivePages } from "../../components/live/use-live-pages";
import { EmptyState } from "../../components/notices/empty-state";
import { StateBadge } from "../../components/notices/state-badge";
import type { Column } from "../../components/tables/data-table";
import { ListCard } from "../../components/tables/list-card";
import { TimeAgo } from "../../components/text/time-ago";
import { showCredit, showDuration } from "../show-number";

interface TaskRow {
	id: string;
	state: string;
	progress: number;
	leasedAt: string | null;
	finishedAt: string | null;
	runSeconds: number | null;
	errorCode: string | null;
	grantedCredit: number | null;
	batch: { id: string; name: string };
	project: { id: string; name: string; slug: string };
}

/** `ownerNeedsDevice` → `owner needs device`. */
const inWords = (code: string) =>
	code.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const columns: Column<TaskRow>[] = [
	{
		key: "project",
		header: "For",
		cell: ({ project, batch }) => (
			<div className="min-w-0">
				<Link
					href={`/projects/${project.slug}`}
					className="block max-w-[40vw] truncate sm:max-w-64 font-medium hover:underline"
				>
					{project.name}
				</Link>
				<div className="max-w-[40vw] truncate sm:max-w-64 text-ink-faint text-xs">
					{batch.name}
				</div>
			</div>
		),
	},
	{
		key: "state",
		header: "State",
		cell: ({ state, progress, errorCode }) => (
			<div>
				<StateBadge state={state} />
				{state === "running" && (
					<div className="mt-1.5 w-24">
						<ProgressBar slim label="Progress" value={progress || null} />
					</div>
				)}
				{errorCode && (
					<div className="mt-1 text-ink-faint text-xs">
						{inWords(errorCode)}
					</div>
				)}
			</div>
		),
	},
	{
		key: "taken",
		header: "Taken",
		hideBelow: "sm",
		cell: ({ leasedAt }) => <TimeAgo at={leasedAt} />,
	},
	{
		key: "ran",
		header: "Ran for",
		align: "right",
		hideBelow: "md",
		cell: ({ runSeconds }) => showDuration(runSeconds),
	},
	{
		key: "credit",
		header: "Credit",
		align: "right",
		cell: ({ grantedCredit }) =>
			grantedCredit === null ? "–" : showCredit(grantedCredit),
	},
];

/** What the device computes and has computed. */
export function DeviceTasks({ deviceId }: { deviceId: string }) {
	const trpc = useTRPC();
	const list = useLivePages(
		trpc.devices.tasks.infiniteQueryOptions({ deviceId, limit: 25 }, nextPage),
		[`device:${deviceId}`],
	);
	return (
		<ListCard
			title="Tasks"
			list={list}
			caption="Tasks of this device"
			columns={columns}
			rowKey={({ id }) => id}
			empty={
				<EmptyState icon={<ListChecks />} title="No task yet">
					It gets one as soon as a project has work that fits it.
				</EmptyState>
			}
		/>
	);
}
