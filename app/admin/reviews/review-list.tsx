"use client";

import { ClipboardCheck } from "lucide-react";
import { Button } from "../../components/actions/button";
import { Card } from "../../components/layout/card";
import { useTRPC } from "../../components/live/trpc-provider";
import { nextPage, useLivePages } from "../../components/live/use-live-pages";
import { EmptyState } from "../../components/notices/empty-state";
import { ErrorNotice } from "../../components/notices/error-notice";
import { Skeleton } from "../../components/notices/skeleton";
import { ReviewCard } from "./review-card";

/** What waits for a decision, the longest waiting first. */
export function ReviewList() {
	const trpc = useTRPC();
	const list = useLivePages(
		trpc.moderation.reviews.infiniteQueryOptions({ limit: 10 }, nextPage),
		["moderation"],
	);
	return (
		<>
			<ErrorNotice error={list.error} onRetry={list.refetch} />
			{list.loading && <Skeleton className="h-96" />}
			{!list.loading && !list.error && list.items.length === 0 && (
				<Card flush>
					<EmptyState icon={<ClipboardCheck />} title="Nothing waits for you">
						Projects and later versions of their programs appear here by
						themselves when researchers hand them in.
					</EmptyState>
				</Card>
			)}
			{list.items.map((review) => (
				<ReviewCard key={review.project.id} review={review} />
			))}
			{list.hasMore && (
				<Button busy={list.loadingMore} onClick={list.loadMore}>
					Show more
				</Button>
			)}
		</>
	);
}
