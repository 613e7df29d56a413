"use client";

import { ShieldCheck } from "lucide-react";
import type { GuardReason, GuardRecord } from "@/agent/core/protocol";
import { useTRPC } from "../../components/live/trpc-provider";
import { nextPage, useLivePages } from "../../components/live/use-live-pages";
import { Badge, type BadgeTone } from "../../components/notices/badge";
import { EmptyState } from "../../components/notices/empty-state";
import type { Column } from "../../components/tables/data-table";
import { ListCard } from "../../components/tables/list-card";
import { TimeAgo } from "../../components/text/time-ago";
import { showLatency } from "../show-number";
import { GuardNow } from "./guard-now";
import { GuardWeek } from "./guard-week";
import type { DeviceData } from "./use-device";

type Row = Omit<GuardRecord, "at"> & { at: string };

const ACTIONS: Record<
	GuardRecord["action"],
	{ word: string; tone: BadgeTone }
> = {
	freeze: { word: "stepped aside", tone: "warn" },
	thaw: { word: "went on", tone: "good" },
	checkpoint: { word: "checkpoint", tone: "neutral" },
	giveBack: { word: "gave back", tone: "neutral" },
	remove: { word: "left", tone: "neutral" },
};

/** For a record whose guard said no more than why. */
const REASONS: Record<GuardReason, string> = {
	cpu: "Your programs used the processor.",
	memory: "Your programs needed the memory.",
	memoryPressure: "Memory was short.",
	io: "Your programs used the disk.",
	temperature: "It was too warm.",
	battery: "It ran on battery.",
	metered: "The network was metered.",
	inUse: "Somebody used keyboard or mouse.",
	program: "A program ran that we stay away from.",
	container: "A container ran that we stay away from.",
	hours: "Your hours for tasks were over.",
	paused: "The device was paused.",
	patience: "It was busy for longer than the batch allows.",
	quiet: "It was quiet again.",
	yoursNow: "You wanted it now.",
};

const columns: Column<Row>[] = [
	{
		key: "when",
		header: "When",
		cell: ({ at }) => <TimeAgo at={at} />,
	},
	{
		key: "what",
		header: "What",
		cell: ({ action, reason, detail }) => (
			<div className="min-w-0">
				<Badge tone={ACTIONS[action].tone}>{ACTIONS[action].word}</Badge>
				<p className="wrap-anywhere mt-1 max-w-prose text-ink-soft">
					{detail || REASONS[reason]}
				</p>
			</div>
		),
	},
	{
		key: "tasks",
		header: "Tasks",
		align: "right",
		hideBelow: "sm",
		cell: ({ taskIds }) => taskIds.length || "–",
	},
	{
		key: "latency",
		header: "Yours again in",
		align: "right",
		cell: ({ action, latencyMs }) =>
			action === "thaw" ? "–" : showLatency(latencyMs),
	},
];

/** What the guard does for the owner: now, in the last week, and each time. */
export function GuardCard({ device }: { device: DeviceData }) {
	const trpc = useTRPC();
	const list = useLivePages(
		trpc.devices.guardRecords.infiniteQueryOptions(
			{ deviceId: device.id, limit: 10 },
			nextPage,
		),
		[`device:${device.id}`],
	);
	return (
		<ListCard
			title="Guard"
			description="When your own programs need the device, our tasks stand still at once. Each time is written down here."
			list={list}
			caption="What the guard did"
			columns={columns}
			rowKey={({ id }) => id}
			empty={
				<EmptyState icon={<ShieldCheck />} title="Nothing yet">
					Our tasks have not been in your way so far.
				</EmptyState>
			}
			above={
				<div className="space-y-5">
					<GuardNow device={device} />
					<GuardWeek deviceId={device.id} />
				</div>
			}
		/>
	);
}
