"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { Image } from "lucide-react";
import { useEffect, useMemo } from "react";
import { ProgressBar } from "@/app/components/charts/progress-bar";
import { TilePicture } from "@/app/components/charts/tile-picture";
import { Card } from "@/app/components/layout/card";
import { useTRPC } from "@/app/components/live/trpc-provider";
import { nextPage } from "@/app/components/live/use-live-pages";
import { useRefreshOn } from "@/app/components/live/use-refresh-on";
import { EmptyState } from "@/app/components/notices/empty-state";
import { ErrorNotice } from "@/app/components/notices/error-notice";
import { Skeleton } from "@/app/components/notices/skeleton";
import { showCount } from "@/app/components/text/show-quantity";

/** The picture that the outputs of a batch make, growing as they come in. */
export function BatchPicture({ batchId }: { batchId: string }) {
	const trpc = useTRPC();
	const options = trpc.batches.picture.infiniteQueryOptions(
		{ batchId, limit: 2000 },
		nextPage,
	);
	useRefreshOn([`batch:${batchId}`], options.queryKey);
	const query = useInfiniteQuery(options);
	const { hasNextPage, isFetching, fetchNextPage } = query;
	// All pages: a picture with a hole at its end says less than none.
	useEffect(() => {
		if (hasNextPage && !isFetching) void fetchNextPage();
	}, [hasNextPage, isFetching, fetchNextPage]);
	const tiles = useMemo(
		() => query.data?.pages.flatMap(({ items }) => items) ?? [],
		[query.data],
	);
	const layout = query.data?.pages[0]?.layout;
	if (query.error)
		return <ErrorNotice error={query.error} onRetry={() => query.refetch()} />;
	if (!query.data) return <Skeleton className="h-80" />;
	if (!layout || tiles.length === 0)
		return (
			<Card>
				<EmptyState icon={<Image />} title="The picture is still blank">
					It grows as work units are done.
				</EmptyState>
			</Card>
		);
	const all = layout.columns * layout.rows;
	return (
		<Card>
			<TilePicture
				label="The picture that the outputs make so far"
				columns={layout.columns}
				rows={layout.rows}
				tiles={tiles}
			/>
			<div className="mt-4">
				<ProgressBar
					slim
					label="Tiles"
					value={tiles.length / all}
					detail={`${showCount(tiles.length)} of ${showCount(all)}`}
				/>
			</div>
		</Card>
	);
}
