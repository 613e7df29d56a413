"use client";

import { Trophy } from "lucide-react";
import { SelectField } from "../components/forms/select-field";
import { EmptyState } from "../components/notices/empty-state";
import type { Column } from "../components/tables/data-table";
import { ListCard, type PagedList } from "../components/tables/list-card";

export type RankOrder = "total" | "recent";
const orders = [
	{ value: "total", label: "By all credit" },
	{ value: "recent", label: "By recent credit" },
] as const;

/** A leaderboard: ranks, and whatever else its columns show. */
export function RankTable<Row extends { id: string; rank: number }>({
	caption,
	columns,
	list,
	rowHref,
	order,
	onOrder,
}: {
	caption: string;
	columns: readonly Column<Row>[];
	list: PagedList<Row>;
	rowHref?: (row: Row) => string;
	order?: RankOrder;
	onOrder?: (order: RankOrder) => void;
}) {
	const rankColumn: Column<Row> = {
		key: "rank",
		header: <span className="sr-only">Rank</span>,
		cell: ({ rank }) => (
			<span className="text-ink-faint tabular-nums">{rank}</span>
		),
		className: "w-12",
	};
	return (
		<>
			{order && onOrder && (
				<div className="mb-4 w-48">
					<SelectField
						label={<span className="sr-only">Order</span>}
						options={orders}
						value={order}
						onValue={onOrder}
					/>
				</div>
			)}
			<ListCard
				list={list}
				caption={caption}
				columns={[rankColumn, ...columns]}
				rowKey={({ id }) => id}
				{...(rowHref && { rowHref })}
				empty={
					<EmptyState icon={<Trophy />} title="Nobody has credit yet">
						The first results that agree with each other change that.
					</EmptyState>
				}
			/>
		</>
	);
}
