"use client";

import { Trophy } from "lucide-react";
import { SelectField } from "../components/forms/select-field";
import { Card } from "../components/layout/card";
import { EmptyState } from "../components/notices/empty-state";
import { ErrorNotice } from "../components/notices/error-notice";
import { type Column, DataTable } from "../components/tables/data-table";

export type RankOrder = "total" | "recent";
const orders = [
	{ value: "total", label: "By all credit" },
	{ value: "recent", label: "By recent credit" },
] as const;

interface RankList<Row> {
	items: Row[];
	loading: boolean;
	error: unknown;
	hasMore: boolean;
	loadingMore: boolean;
	loadMore: () => void;
	refetch: () => void;
}

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
	list: RankList<Row>;
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
			<Card flush>
				{list.error ? (
					<div className="p-5">
						<ErrorNotice error={list.error} onRetry={list.refetch} />
					</div>
				) : (
					<DataTable
						caption={caption}
						columns={[rankColumn, ...columns]}
						rows={list.items}
						rowKey={({ id }) => id}
						{...(rowHref && { rowHref })}
						loading={list.loading}
						hasMore={list.hasMore}
						loadingMore={list.loadingMore}
						onLoadMore={list.loadMore}
						empty={
							<EmptyState icon={<Trophy />} title="Nobody has credit yet">
								The first results that agree with each other change that.
							</EmptyState>
						}
					/>
				)}
			</Card>
		</>
	);
}
