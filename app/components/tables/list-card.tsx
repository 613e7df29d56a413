"use client";

import type { ComponentProps, ReactNode } from "react";
import { Card } from "../layout/card";
import { ErrorNotice } from "../notices/error-notice";
import { DataTable } from "./data-table";

/** A list that comes page by page, as `useLivePages` answers with it. */
export interface PagedList<Row> {
	items: readonly Row[];
	loading: boolean;
	error: unknown;
	hasMore: boolean;
	loadingMore: boolean;
	loadMore: () => void;
	refetch: () => void;
}

type CardProps = Pick<
	ComponentProps<typeof Card>,
	"title" | "description" | "actions"
>;
type TableProps<Row> = Pick<
	ComponentProps<typeof DataTable<Row>>,
	"caption" | "columns" | "rowKey" | "rowHref" | "rowHeight" | "empty"
>;

/** A card with a list: rows that come page by page, what stands there when there are none, and what went wrong. */
export function ListCard<Row>({
	list,
	above,
	title,
	description,
	actions,
	...table
}: CardProps &
	TableProps<Row> & {
		list: PagedList<Row>;
		/** Stands between the card's head and the rows, with the card's own margins. */
		above?: ReactNode;
	}) {
	return (
		<Card flush title={title} description={description} actions={actions}>
			{above && <div className="px-5 pb-5 sm:px-6">{above}</div>}
			{list.error ? (
				<div className={title || above ? "px-5 pb-5" : "p-5"}>
					<ErrorNotice error={list.error} onRetry={list.refetch} />
				</div>
			) : (
				<DataTable
					{...table}
					rows={list.items}
					loading={list.loading}
					hasMore={list.hasMore}
					loadingMore={list.loadingMore}
					onLoadMore={list.loadMore}
				/>
			)}
		</Card>
	);
}
