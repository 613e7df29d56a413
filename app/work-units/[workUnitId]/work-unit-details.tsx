"use client";

import type { inferRouterOutputs } from "@trpc/server";
import { BadgeCheck } from "lucide-react";
import Link from "next/link";
import { ProgressBar } from "@/app/components/charts/progress-bar";
import { Card } from "@/app/components/layout/card";
import { PageBody } from "@/app/components/layout/page-body";
import { PageHeader } from "@/app/components/layout/page-header";
import { useTRPC } from "@/app/components/live/trpc-provider";
import { useLiveQuery } from "@/app/components/live/use-live-query";
import { Badge } from "@/app/components/notices/badge";
import { EmptyState } from "@/app/components/notices/empty-state";
import { ErrorNotice } from "@/app/components/notices/error-notice";
import { Notice } from "@/app/components/notices/notice";
import { Skeleton } from "@/app/components/notices/skeleton";
import { StateBadge } from "@/app/components/notices/state-badge";
import { type Column, DataTable } from "@/app/components/tables/data-table";
import { FactsList } from "@/app/components/tables/facts-list";
import { FileList } from "@/app/components/tables/file-list";
import { CodeBlock } from "@/app/components/text/code-block";
import { showSpan } from "@/app/components/text/show-quantity";
import { TimeAgo } from "@/app/components/text/time-ago";
import type { AppRouter } from "@/server/api/app-router";

type WorkUnit = inferRouterOutputs<AppRouter>["workUnits"]["get"];
type Task = WorkUnit["tasks"][number];

/** One work unit: what it computes, who has it, and what came of it. */
export function WorkUnitDetails({ workUnitId }: { workUnitId: string }) {
	const trpc = useTRPC();
	const query = useLiveQuery(
		trpc.workUnits.get.queryOptions(
			{ workUnitId },
			{ refetchInterval: 15_000 },
		),
		[`workUnit:${workUnitId}`],
	);
	const unit = query.data;
	if (!unit)
		return (
			<PageBody>
				{query.error ? (
					<ErrorNotice error={query.error} onRetry={() => query.refetch()} />
				) : (
					<Skeleton className="h-64" />
				)}
			</PageBody>
		);
	const { batch } = unit;
	const canonical = unit.tasks.find(({ id }) => id === unit.canonicalTaskId);
	return (
		<PageBody>
			<PageHeader
				title={`Work unit ${unit.index}`}
				badge={<StateBadge state={unit.state} />}
				trail={[
					{
						href: `/projects/${batch.project.slug}`,
						label: batch.project.name,
					},
					{ href: `/batches/${batch.id}`, label: batch.name },
				]}
			/>
			<div className="space-y-6">
				{unit.failureReason && (
					<Notice tone="bad" title="It failed">
						{unit.failureReason} You can run the failed work units again on the
						batch's page.
					</Notice>
				)}
				<Card title="What it computes">
					<CodeBlock label="Command" code={unit.command.join(" ")} wrap />
					<div className="mt-5">
						<FactsList
							facts={Object.entries(unit.parameters).map(([label, value]) => ({
								label,
								value: <span className="break-all font-mono">{value}</span>,
							}))}
						/>
					</div>
				</Card>
				<Card
					flush
					title="Tasks"
					description={`${unit.quorum === 1 ? "One result is" : `${unit.quorum} results are`} needed; ${unit.targetCopies} copies are wanted.`}
				>
					<DataTable
						caption="Tasks"
						columns={taskColumns(unit)}
						rows={unit.tasks}
						rowKey={({ id }) => id}
						rowHref={({ id }) => `/tasks/${id}`}
						empty={<EmptyState title="No task has been made yet" />}
					/>
				</Card>
				{canonical && (
					<Card
						flush
						title="Result"
						description="The outputs on which the devices agreed."
					>
						<FileList files={canonical.outputs} caption="Outputs" />
					</Card>
				)}
				{unit.inputs.length > 0 && (
					<Card flush title="Input">
						<FileList files={unit.inputs} caption="Inputs" />
					</Card>
				)}
			</div>
		</PageBody>
	);
}

const UNDER_WAY: Task["state"][] = ["leased", "preparing", "running", "paused"];

const taskColumns = (unit: WorkUnit): Column<Task>[] => [
	{
		key: "number",
		header: "#",
		align: "right",
		className: "w-12",
		cell: ({ id, number }) => (
			<Link href={`/tasks/${id}`} className="font-medium hover:underline">
				{number}
			</Link>
		),
	},
	{
		key: "state",
		header: "State",
		cell: ({ id, state, errorCode }) => (
			<div className="flex flex-wrap items-center gap-2">
				<StateBadge state={state} />
				{id === unit.canonicalTaskId && (
					<Badge tone="good">
						<BadgeCheck aria-hidden className="size-3.5" /> canonical
					</Badge>
				)}
				{errorCode && <span className="text-bad text-xs">{errorCode}</span>}
			</div>
		),
	},
	{
		key: "device",
		header: "Device",
		cell: ({ device }) => device?.name ?? "–",
	},
	{
		key: "progress",
		header: "Progress",
		hideBelow: "sm",
		className: "min-w-32",
		cell: ({ state, progress, number }) =>
			["running", "paused"].includes(state) ? (
				<ProgressBar slim label={`Task ${number}`} value={progress} />
			) : (
				"–"
			),
	},
	{
		key: "time",
		header: "Ran",
		align: "right",
		hideBelow: "md",
		cell: ({ runSeconds }) =>
			runSeconds === null ? "–" : showSpan(runSeconds),
	},
	{
		key: "deadline",
		header: "Deadline",
		hideBelow: "lg",
		cell: ({ state, deadlineAt }) =>
			UNDER_WAY.includes(state) ? <TimeAgo at={deadlineAt} never="–" /> : "–",
	},
	{
		key: "digest",
		header: "Outputs",
		hideBelow: "lg",
		// Equal outputs, equal digest: who agrees with whom is seen at a glance.
		cell: ({ outputDigest }) =>
			outputDigest ? (
				<code className="font-mono text-xs" title={outputDigest}>
					{outputDigest.slice(0, 8)}
				</code>
			) : (
				"–"
			),
	},
];
