"use client";

import { useState } from "react";
import { useTRPC } from "../components/live/trpc-provider";
import { nextPage, useLivePages } from "../components/live/use-live-pages";
import { Badge } from "../components/notices/badge";
import type { Column } from "../components/tables/data-table";
import { recentColumn, totalColumn } from "./credit-columns";
import { type RankOrder, RankTable } from "./rank-table";

interface UserRank {
	id: string;
	rank: number;
	name: string;
	country: string | null;
	devices: number;
	totalCredit: number;
	recentCredit: number;
}

const countries = new Intl.DisplayNames("en", { type: "region" });

function countryName(code: string): string {
	try {
		return countries.of(code) ?? code;
	} catch {
		return code; // Not every country that people write is a code.
	}
}

const columnsFor = (myId: string | undefined): Column<UserRank>[] => [
	{
		key: "name",
		header: "Person",
		cell: ({ id, name, country }) => (
			<div className="min-w-0">
				<span className="break-words font-medium">{name}</span>{" "}
				{id === myId && <Badge tone="accent">you</Badge>}
				{country && (
					<div className="text-ink-faint text-xs">{countryName(country)}</div>
				)}
			</div>
		),
	},
	{
		key: "devices",
		header: "Devices",
		align: "right",
		hideBelow: "sm",
		cell: ({ devices }) => devices.toLocaleString("en"),
	},
	recentColumn,
	totalColumn,
];

/** People who agreed to be shown. */
export function UserRanks({ myId }: { myId: string | undefined }) {
	const trpc = useTRPC();
	const [order, setOrder] = useState<RankOrder>("total");
	const list = useLivePages(
		trpc.credit.users.infiniteQueryOptions({ order, limit: 50 }, nextPage),
		["overview"],
	);
	return (
		<RankTable
			caption="People by credit"
			columns={columnsFor(myId)}
			list={list}
			order={order}
			onOrder={setOrder}
		/>
	);
}
