"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { Button } from "../../components/actions/button";
import { ConfirmDialog } from "../../components/actions/confirm-dialog";
import { TextAreaField } from "../../components/forms/text-area-field";
import { Card } from "../../components/layout/card";
import { Tabs } from "../../components/layout/tabs";
import { useTRPC } from "../../components/live/trpc-provider";
import { nextPage, useLivePages } from "../../components/live/use-live-pages";
import { EmptyState } from "../../components/notices/empty-state";
import { ErrorNotice } from "../../components/notices/error-notice";
import { Skeleton } from "../../components/notices/skeleton";
import { StateBadge } from "../../components/notices/state-badge";
import { useToast } from "../../components/notices/toast";
import { TimeAgo } from "../../components/text/time-ago";

type Request = {
	id: string;
	affiliation: string;
	plan: string;
	state: string;
	reason: string | null;
	createdAt: string;
	decidedAt: string | null;
	user: { id: string; name: string; email: string; createdAt: string };
	decidedBy: { id: string; name: string } | null;
};

const tabs = [
	{ key: "pending", label: "Waiting" },
	{ key: "decided", label: "Decided" },
] as const;

/** Who asks to become a researcher, what they plan, and the decision. */
export function RequestList() {
	const trpc = useTRPC();
	const [state, setState] = useState<"pending" | "decided">("pending");
	const list = useLivePages(
		trpc.researcherRequests.list.infiniteQueryOptions({ state }, nextPage),
		["moderation"],
	);
	return (
		<Tabs
			label="Researcher requests"
			tabs={tabs}
			current={state}
			onChange={setState}
		>
			<div className="space-y-4">
				<ErrorNotice error={list.error} onRetry={list.refetch} />
				{list.loading && <Skeleton className="h-40" />}
				{!list.loading && !list.error && list.items.length === 0 && (
					<Card flush>
						<EmptyState
							icon={<FlaskConical />}
							title={
								state === "pending"
									? "Nobody waits"
									: "Nothing has been decided yet"
							}
						>
							Owners ask on their account page. New requests appear here by
							themselves.
						</EmptyState>
					</Card>
				)}
				{list.items.map((request) => (
					<RequestCard key={request.id} request={request} />
				))}
				{list.hasMore && (
					<Button busy={list.loadingMore} onClick={list.loadMore}>
						Show more
					</Button>
				)}
			</div>
		</Tabs>
	);
}

function RequestCard({ request }: { request: Request }) {
	const trpc = useTRPC();
	const toast = useToast();
	const queryClient = useQueryClient();
	const [declining, setDeclining] = useState(false);
	const [reason, setReason] = useState("");
	const requestId = request.id;
	const refresh = () =>
		queryClient.invalidateQueries(trpc.researcherRequests.pathFilter());
	const approve = useMutation(
		trpc.researcherRequests.approve.mutationOptions({
			onSuccess: () => {
				toast.done(`${request.user.name} is a researcher now`);
				return refresh();
			},
			onError: toast.failed,
		}),
	);
	const decline = useMutation(
		trpc.researcherRequests.decline.mutationOptions({ onSuccess: refresh }),
	);
	return (
		<Card
			title={
				<Link
					href={`/admin/users/${request.user.id}`}
					className="hover:underline"
				>
					{request.user.name}
				</Link>
			}
			description={
				<>
					{request.user.email} · {request.affiliation} · asked{" "}
					<TimeAgo at={request.createdAt} />
				</>
			}
			actions={
				request.state === "pending" ? (
					<>
						<Button size="sm" onClick={() => setDeclining(true)}>
							Decline
						</Button>
						<Button
							size="sm"
							variant="primary"
							busy={approve.isPending}
							onClick={() => approve.mutate({ requestId })}
						>
							Approve
						</Button>
					</>
				) : (
					<StateBadge state={request.state} />
				)
			}
		>
			<p className="max-w-prose whitespace-pre-wrap break-words text-sm leading-relaxed">
				{request.plan}
			</p>
			{request.decidedBy && (
				<p className="mt-4 text-ink-faint text-sm">
					Decided by {request.decidedBy.name} <TimeAgo at={request.decidedAt} />
					{request.reason && <>: {request.reason}</>}
				</p>
			)}
			<ConfirmDialog
				open={declining}
				onClose={() => setDeclining(false)}
				title={`Decline the request of ${request.user.name}?`}
				description="They read the reason and may ask again."
				confirmLabel="Decline"
				onConfirm={() => decline.mutateAsync({ requestId, reason })}
			>
				<TextAreaField
					label="Reason"
					required
					rows={3}
					maxLength={2000}
					value={reason}
					onValue={setReason}
				/>
			</ConfirmDialog>
		</Card>
	);
}
