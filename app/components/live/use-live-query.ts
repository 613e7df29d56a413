"use client";

import {
	type QueryKey,
	type UseQueryOptions,
	type UseQueryResult,
	useQuery,
} from "@tanstack/react-query";
import type { PageTopic } from "@/server/events/page-events";
import { useRefreshOn } from "./use-refresh-on";

/**
 * A query whose answer stays fresh: `useLiveQuery(trpc.batches.get.queryOptions({ batchId }), [`batch:${batchId}`])`.
 * It is asked again when a topic changes, at most once a second.
 */
export function useLiveQuery<
	TQueryFnData,
	TError,
	TData,
	TQueryKey extends QueryKey,
>(
	options: UseQueryOptions<TQueryFnData, TError, TData, TQueryKey>,
	topics: readonly PageTopic[],
): UseQueryResult<TData, TError> {
	useRefreshOn(topics, options.queryKey);
	return useQuery(options);
}
