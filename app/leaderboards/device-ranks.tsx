"use client";

import { useState } from "react";
import type { DeviceKind } from "@/agent/core/protocol";
import { useTRPC } from "../components/live/trpc-provider";
import { nextPage, useLivePages } from "../components/live/use-live-pages";
import type { Column } from "../components/tables/data-table";
import { DEVICE_KINDS } from "../devices/device-kinds";
import { recentColumn, totalColumn } from "./credit-columns";
import { type RankOrder, RankTable } from "./rank-table";

interface DeviceRank {
	id: string;
	rank: number;
	name: string;
	kind: DeviceKind;
	architecture: string | null;
	owner: string;
	totalCredit: number;
	recentCredit: number;
}

const columns: Column<DeviceRank>[] = [
	{
		key: "name",
		header: "Device",
		cell: ({ name, kind }) => {
			const { Icon, label } = DEVICE_KINDS[kind];
			return (
				<div className="flex min-w-0 items-center gap-3">
					<Icon
						role="img"
						aria-label={label}
						className="size-5 shrink-0 text-ink-faint"
					/>
					<span className="break-words font-medium">{name}</span>
				</div>
			);
		},
	},
	{ key: "owner", header: "Owner", cell: ({ owner }) => owner },
	{
		key: "architecture",
		header: "Architecture",
		hideBelow: "md",
		cell: ({ architecture }) => architecture ?? "–",
	},
	recentColumn,
	totalColumn,
];

/** Devices of people who agreed to be shown. */
export function DeviceRanks() {
	const trpc = useTRPC();
	const [order, setOrder] = useState<RankOrder>("total");
	const list = useLivePages(
		trpc.credit.devices.infiniteQueryOptions({ order, limit: 50 }, nextPage),
		["overview"],
	);
	return (
		<RankTable
			caption="Devices by credit"
			columns={columns}
			list={list}
			order={order}
			onOrder={setOrder}
		/>
	);
}
