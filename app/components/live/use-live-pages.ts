"use client";

import {
	type InfiniteData,
	type QueryKey,
	type UseInfiniteQueryOptions,
	useInfiniteQuery,
} from "@tanstack/react-query";
import { useMemo } from "react";
import type { PageTopic } from "@/server/events/page-events";
import { useRefreshOn } from "./use-refresh-on";

/** Give this to infiniteQueryOptions: `trpc.x.list.infiniteQueryOptions({}, nextPage)`. */
export const nextPage = {
	getNextPageParam: <Cursor>(last: { nextCursor?: Cursor }) => last.nextCursor,
};

/**
 * A list that is fetched page by page and stays fresh. The answer fits a DataTable:
 * `<DataTable rows={list.items} loading={list.loading} hasMore={list.hasMore} onLoadMore={list.loadMore} … />`.
 */
export function useLivePages<
	TError,
	TKey extends QueryKey,
	TCursor,
	TPage extends { items: unknown[] },
>(
	options: UseInfiniteQueryOptions<
		TPage,
		TError,
		InfiniteData<TPage, TCursor>,
		TKey,
		TCursor
	>,
	topics: readonly PageTopic[] = [],
) {
	useRefreshOn(topics, options.queryKey);
	const query = useInfiniteQuery(options);
	const items = useMemo(
		() =>
			(query.data?.pages ?? []).flatMap(
				(page): TPage["items"][number][] => page.items,
			),
		[query.data],
	);
	return {
		items,
		loading: query.isPending,
		error: query.error,
		hasMore: query.hasNextPage,
		loadingMore: query.isFetchingNextPage,
		loadMore: () => void query.fetchNextPage(),
		refetch: () => void query.refetch(),
	};
}
