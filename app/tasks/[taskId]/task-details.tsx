"use client";

import type { inferRouterOutputs } from "@trpc/server";
import Link from "next/link";
import { useState } from "react";
import { ProgressBar } from "@/app/components/charts/progress-bar";
import { Card } from "@/app/components/layout/card";
import { PageBody } from "@/app/components/layout/page-body";
import { PageHeader } from "@/app/components/layout/page-header";
import { Tabs } from "@/app/components/layout/tabs";
import { useTRPC } from "@/app/components/live/trpc-provider";
import { useLiveQuery } from "@/app/components/live/use-live-query";
import { ErrorNotice } from "@/app/components/notices/error-notice";
import { Notice } from "@/app/components/notices/notice";
import { Skeleton } from "@/app/components/notices/skeleton";
import { StateBadge } from "@/app/components/notices/state-badge";
import { FactsList } from "@/app/components/tables/facts-list";
import { FileList } from "@/app/components/tables/file-list";
import { CodeBlock } from "@/app/components/text/code-block";
import { showSpan } from "@/app/components/text/show-quantity";
import { TimeAgo } from "@/app/components/text/time-ago";
import type { AppRouter } from "@/server/api/app-router";
import { TaskLog } from "./task-log";

type Task = inferRouterOutputs<AppRouter>["tasks"]["get"];

/** Why tasks end otherwise than well, in words. */
const ERRORS: Record<string, string> = {
	exitCode: "The program ended with an error.",
	memoryLimit: "The program needed more memory than the app version asks for.",
	diskLimit: "The program wrote more than the app version asks for.",
	timeLimit: "The program ran longer than it may.",
	imageUnavailable: "The device could not get the image.",
	inputUnavailable: "The device could not get the input.",
	manifestRefused: "The device did not accept the signed manifest.",
	engineError: "The device's container engine failed.",
	outputUnreadable: "The outputs could not be read.",
	ownerNeedsDevice: "The owner needed the device.",
	devicePaused: "The owner paused the device.",
	agentStopping: "The device was being switched off.",
	deadlinePassed: "The deadline passed.",
	leaseExpired: "The device never began.",
	deviceSilent: "The device was not heard of any more.",
	deviceRetired: "The device was retired.",
};

const isActive = (state: string): boolean =>
	["leased", "preparing", "running", "paused"].includes(state);

/** One copy of a work unit on one device, with what its program writes. */
export function TaskDetails({ taskId }: { taskId: string }) {
	const trpc = useTRPC();
	const query = useLiveQuery(
		trpc.tasks.get.queryOptions({ taskId }, { refetchInterval: 15_000 }),
		[`task:${taskId}`],
	);
	const task = query.data;
	if (!task)
		return (
			<PageBody>
				{query.error ? (
					<ErrorNotice error={query.error} onRetry={() => query.refetch()} />
				) : (
					<Skeleton className="h-64" />
				)}
			</PageBody>
		);
	return (
		<PageBody>
			<PageHeader
				title={`Task ${task.number} of work unit ${task.workUnit.index}`}
				badge={<StateBadge state={task.state} />}
				trail={[
					{ href: `/projects/${task.project.slug}`, label: task.project.name },
					{ href: `/batches/${task.batch.id}`, label: task.batch.name },
					{
						href: `/work-units/${task.workUnit.id}`,
						label: `Work unit ${task.workUnit.index}`,
					},
				]}
			/>
			<div className="space-y-6">
				{task.errorCode && (
					<Notice
						tone={task.state === "returned" ? "info" : "bad"}
						title={ERRORS[task.errorCode] ?? task.errorCode}
					>
						{task.errorDetail}
					</Notice>
				)}
				{isActive(task.state) && (
					<ProgressBar
						label="Progress, as the program says"
						value={task.state === "running" ? task.progress : null}
						detail={
							task.state === "running"
								? `${Math.round(task.progress * 100)} %`
								: task.state
						}
					/>
				)}
				<Logs task={task} />
				<Card title="Facts">
					<TaskFacts task={task} />
					<div className="mt-5">
						<CodeBlock label="Command" code={task.command.join(" ")} wrap />
					</div>
				</Card>
				{task.outputs.length > 0 && (
					<Card flush title="Outputs">
						<FileList files={task.outputs} caption="Outputs" />
					</Card>
				)}
				{task.inputs.length > 0 && (
					<Card flush title="Input">
						<FileList files={task.inputs} caption="Inputs" />
					</Card>
				)}
			</div>
		</PageBody>
	);
}

function Logs({ task }: { task: Task }) {
	const [stream, setStream] = useState<"stdout" | "stderr">("stdout");
	return (
		<Tabs
			label="What the program writes"
			tabs={[
				{ key: "stdout", label: "Standard output" },
				{ key: "stderr", label: "Standard error" },
			]}
			current={stream}
			onChange={setStream}
		>
			<TaskLog
				key={stream}
				taskId={task.id}
				stream={stream}
				kept={task[stream]}
				isLive={isActive(task.state)}
			/>
		</Tabs>
	);
}

/** Another task of the same computation: it moved from device to device by a checkpoint. */
function Lineage({
	of: { id, number, progress, device },
}: {
	of: NonNullable<Task["continues"]>;
}) {
	return (
		<>
			<Link href={`/tasks/${id}`} className="hover:underline">
				task {number}
			</Link>
			{device && ` on ${device.name}`}, at {Math.round(progress * 100)} %
		</>
	);
}

function TaskFacts({ task }: { task: Task }) {
	const time = (at: string | null) => at && <TimeAgo at={at} />;
	return (
		<FactsList
			facts={[
				{
					label: "Device",
					value: task.device && (
						<Link
							href={`/devices/${task.device.id}`}
							className="hover:underline"
						>
							{task.device.name}
						</Link>
					),
				},
				{
					label: "Goes on from",
					value: task.continues && <Lineage of={task.continues} />,
				},
				{
					label: "Gone on with in",
					value: task.continuedBy && <Lineage of={task.continuedBy} />,
				},
				{ label: "Placed", value: time(task.leasedAt) },
				{ label: "Started", value: time(task.startedAt) },
				{ label: "Reported", value: time(task.reportedAt) },
				{ label: "Deadline", value: time(task.deadlineAt) },
				{
					label: "Ran",
					value: task.runSeconds === null ? null : showSpan(task.runSeconds),
				},
				{
					label: "CPU time",
					value: task.cpuSeconds === null ? null : showSpan(task.cpuSeconds),
				},
				{ label: "Exit code", value: task.exitCode },
				{
					label: "Credit",
					value: task.grantedCredit ?? task.claimedCredit,
				},
			]}
		/>
	);
}
