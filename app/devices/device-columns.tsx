import Link from "next/link";
import type { DeviceKind } from "@/agent/core/protocol";
import type { Column } from "../components/tables/data-table";
import { TimeAgo } from "../components/text/time-ago";
import { DeviceBadge } from "./device-badge";
import { DEVICE_KINDS } from "./device-kinds";
import { DutyBar } from "./duty-bar";
import { showCredit, showMemory } from "./show-number";

/** A row of a list of devices, as the API answers it. */
export interface DeviceListRow {
	id: string;
	name: string;
	kind: DeviceKind;
	state: string;
	paused: boolean;
	draining: boolean;
	blockedReason: string | null;
	architecture: string | null;
	cores: number | null;
	memoryMiB: number | null;
	dutyCpu: number | null;
	oursCpu: number | null;
	lastSeenAt: string | null;
	totalCredit: number;
	recentCredit: number;
	owner: { id: string; name: string } | null;
	activeTasks: number;
	projects: string[];
}

/** Every row is this high, so that a list of thousands can draw only what is on the screen. */
export const DEVICE_ROW_HEIGHT = 68;

const nameColumn: Column<DeviceListRow> = {
	key: "name",
	header: "Device",
	cell: ({ id, name, kind, cores, memoryMiB }) => {
		const { Icon, label } = DEVICE_KINDS[kind];
		const size = [
			cores === null ? undefined : `${cores} ${cores === 1 ? "core" : "cores"}`,
			showMemory(memoryMiB),
		]
			.filter(Boolean)
			.join(", ");
		return (
			<div className="flex min-w-0 items-center gap-3">
				<Icon
					aria-label={label}
					className="size-5 shrink-0 text-ink-faint"
					role="img"
				/>
				<div className="min-w-0">
					<Link
						href={`/devices/${id}`}
						className="block max-w-[32vw] truncate font-medium hover:underline sm:max-w-64"
					>
						{name}
					</Link>
					<div className="whitespace-nowrap text-ink-faint text-xs">
						{size || label}
					</div>
				</div>
			</div>
		);
	},
};

const stateColumn: Column<DeviceListRow> = {
	key: "state",
	header: "State",
	cell: (device) => (
		<div>
			<DeviceBadge device={device} />
			{device.state === "offline" && (
				<div className="mt-1 text-ink-faint text-xs">
					<span className="hidden sm:inline">seen </span>
					<TimeAgo at={device.lastSeenAt} />
				</div>
			)}
		</div>
	),
};

const loadColumn: Column<DeviceListRow> = {
	key: "load",
	header: "Load",
	hideBelow: "md",
	cell: ({ dutyCpu, oursCpu, state }) => (
		<DutyBar duty={dutyCpu} ours={oursCpu} stale={state !== "online"} />
	),
};

const workColumn: Column<DeviceListRow> = {
	key: "work",
	header: "Computing",
	hideBelow: "sm",
	cell: ({ activeTasks, projects }) =>
		activeTasks === 0 ? (
			<span className="text-ink-faint">–</span>
		) : (
			<div className="max-w-48">
				<div className="truncate">{projects.join(", ")}</div>
				<div className="text-ink-faint text-xs">
					{activeTasks} {activeTasks === 1 ? "task" : "tasks"}
				</div>
			</div>
		),
};

const creditColumn: Column<DeviceListRow> = {
	key: "credit",
	header: "Credit",
	align: "right",
	cell: ({ totalCredit, recentCredit }) => (
		<div>
			{showCredit(totalCredit)}
			<div className="whitespace-nowrap text-ink-faint text-xs">
				{showCredit(recentCredit)} a day
			</div>
		</div>
	),
};

const ownerColumn: Column<DeviceListRow> = {
	key: "owner",
	header: "Owner",
	hideBelow: "lg",
	cell: ({ owner }) =>
		owner ? (
			<Link
				href={`/admin/users/${owner.id}`}
				className="block max-w-40 truncate hover:underline"
			>
				{owner.name}
			</Link>
		) : (
			"No account"
		),
};

export const deviceColumns: readonly Column<DeviceListRow>[] = [
	nameColumn,
	stateColumn,
	loadColumn,
	workColumn,
	creditColumn,
];
export const adminDeviceColumns: readonly Column<DeviceListRow>[] = [
	nameColumn,
	ownerColumn,
	stateColumn,
	loadColumn,
	workColumn,
	creditColumn,
];
