"use client";

import { useRouter } from "next/navigation";
import {
	type MouseEvent,
	memo,
	type ReactNode,
	useEffect,
	useRef,
} from "react";
import { Button } from "../actions/button";
import { classNames } from "../layout/class-names";
import { useWindowRows } from "./use-window-rows";

export type Column<Row> = {
	key: string;
	header: ReactNode;
	cell: (row: Row) => ReactNode;
	/** Numbers stand to the right, in figures of one width. */
	align?: "left" | "right";
	/** Left out on screens narrower than this. */
	hideBelow?: "sm" | "md" | "lg";
	className?: string;
};

const hidden = {
	sm: "hidden sm:table-cell",
	md: "hidden md:table-cell",
	lg: "hidden lg:table-cell",
} as const;

const cellClass = <Row,>(column: Column<Row>): string =>
	classNames(
		"px-3 py-3 first:pl-5 last:pr-5 sm:first:pl-6 sm:last:pr-6",
		column.align === "right" ? "text-right tabular-nums" : "text-left",
		column.hideBelow && hidden[column.hideBelow],
		column.className,
	);

/**
 * Rows of one kind of thing. Stands in a `<Card flush>`. With `rowHref` a whole row leads to its page; put a real
 * link into one of the cells as well, for the keyboard.
 */
export function DataTable<Row>({
	caption,
	columns,
	rows,
	rowKey,
	rowHref,
	empty,
	loading = false,
	hasMore = false,
	loadingMore = false,
	onLoadMore,
	rowHeight,
}: {
	/** Read aloud, not shown. */
	caption: string;
	columns: readonly Column<Row>[];
	rows: readonly Row[];
	rowKey: (row: Row) => string;
	rowHref?: (row: Row) => string;
	/** Shown instead of an empty table: an EmptyState. */
	empty?: ReactNode;
	loading?: boolean;
	hasMore?: boolean;
	loadingMore?: boolean;
	onLoadMore?: () => void;
	/** For thousands of rows: all of this many pixels; only those near the screen are drawn, and more come by scrolling. */
	rowHeight?: number;
}) {
	const { ref, from, to } = useWindowRows(rows.length, rowHeight);
	const nearEnd =
		rowHeight !== undefined && rows.length > 0 && to >= rows.length;
	const wantsMore = nearEnd && hasMore && !loadingMore;
	const loadMore = useRef(onLoadMore);
	loadMore.current = onLoadMore;
	useEffect(() => {
		if (wantsMore) loadMore.current?.();
	}, [wantsMore]);
	if (!loading && rows.length === 0 && empty) return <>{empty}</>;
	return (
		<div className="overflow-x-auto">
			<table className="w-full border-collapse text-sm">
				<caption className="sr-only">{caption}</caption>
				<thead>
					<tr className="border-line border-b text-ink-faint text-xs">
						{columns.map((column) => (
							<th
								key={column.key}
								scope="col"
								className={classNames(
									cellClass(column),
									"whitespace-nowrap font-medium",
								)}
							>
								{column.header}
							</th>
						))}
					</tr>
				</thead>
				<tbody ref={ref}>
					{loading && rows.length === 0 && <SkeletonRows columns={columns} />}
					{from > 0 && <tr style={{ height: from * (rowHeight ?? 0) }} />}
					{rows.slice(from, to).map((row) => (
						<TableRow
							key={rowKey(row)}
							row={row}
							columns={columns}
							rowHref={rowHref}
							rowHeight={rowHeight}
						/>
					))}
					{to < rows.length && (
						<tr style={{ height: (rows.length - to) * (rowHeight ?? 0) }} />
					)}
				</tbody>
			</table>
			{hasMore && onLoadMore && (
				<div className="border-line border-t p-3 text-center">
					<Button
						variant="ghost"
						size="sm"
						busy={loadingMore}
						onClick={onLoadMore}
					>
						Show more
					</Button>
				</div>
			)}
		</div>
	);
}

type TableRowProps<Row> = {
	row: Row;
	columns: readonly Column<Row>[];
	rowHref: ((row: Row) => string) | undefined;
	rowHeight: number | undefined;
};

/** Drawn anew only when something about it changes: scrolling through thousands moves the others as they are. */
const TableRow = memo(function TableRow<Row>({
	row,
	columns,
	rowHref,
	rowHeight,
}: TableRowProps<Row>) {
	const router = useRouter();
	const open = (event: MouseEvent<HTMLElement>) => {
		const target = event.target as HTMLElement;
		if (!rowHref || target.closest("a,button,input,select,label,dialog"))
			return;
		if (window.getSelection()?.toString()) return;
		router.push(rowHref(row));
	};
	return (
		<tr
			style={rowHeight === undefined ? undefined : { height: rowHeight }}
			onClick={rowHref && open}
			className={classNames(
				"border-line border-b last:border-b-0",
				rowHref && "cursor-pointer hover:bg-sunken/60",
			)}
		>
			{columns.map((column) => (
				<td key={column.key} className={cellClass(column)}>
					{column.cell(row)}
				</td>
			))}
		</tr>
	);
}) as <Row>(props: TableRowProps<Row>) => ReactNode;

function SkeletonRows<Row>({ columns }: { columns: readonly Column<Row>[] }) {
	return ["70%", "50%", "60%"].map((width) => (
		<tr key={width} className="border-line border-b last:border-b-0">
			{columns.map((column) => (
				<td key={column.key} className={cellClass(column)}>
					<div
						className="h-4 min-w-8 animate-breathe rounded bg-sunken"
						style={{ width }}
					/>
				</td>
			))}
		</tr>
	));
}
