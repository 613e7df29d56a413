"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Monitor } from "lucide-react";
import { Button } from "../../components/actions/button";
import { Card } from "../../components/layout/card";
import { useTRPC } from "../../components/live/trpc-provider";
import { Badge } from "../../components/notices/badge";
import { ErrorNotice } from "../../components/notices/error-notice";
import { Skeleton } from "../../components/notices/skeleton";
import { useToast } from "../../components/notices/toast";
import { browserName } from "../../components/tables/browser-name";
import { TimeAgo } from "../../components/text/time-ago";

/** Where one is signed in, and the way to end it. */
export function SessionList() {
	const trpc = useTRPC();
	const toast = useToast();
	const queryClient = useQueryClient();
	const sessions = useQuery(trpc.account.sessions.queryOptions({}));
	const refresh = () =>
		queryClient.invalidateQueries(trpc.account.sessions.pathFilter());
	const revoke = useMutation(
		trpc.account.revokeSession.mutationOptions({
			onSuccess: () => {
				toast.done("Signed out there");
				return refresh();
			},
			onError: toast.failed,
		}),
	);
	const revokeOthers = useMutation(
		trpc.account.revokeOtherSessions.mutationOptions({
			onSuccess: () => {
				toast.done("Signed out everywhere else");
				return refresh();
			},
			onError: toast.failed,
		}),
	);
	const items = sessions.data?.items ?? [];
	return (
		<Card
			title="Where you are signed in"
			actions={
				items.length > 1 && (
					<Button
						size="sm"
						busy={revokeOthers.isPending}
						onClick={() => revokeOthers.mutate({})}
					>
						Sign out everywhere else
					</Button>
				)
			}
		>
			<ErrorNotice error={sessions.error} onRetry={() => sessions.refetch()} />
			{sessions.isPending && <Skeleton className="h-16" />}
			<ul className="divide-y divide-line">
				{items.map((session) => (
					<li
						key={session.id}
						className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3 text-sm"
					>
						<Monitor aria-hidden className="size-5 text-ink-faint" />
						<div className="min-w-0 flex-1">
							<div className="flex flex-wrap items-center gap-2 font-medium">
								{browserName(session.browser)}
								{session.current && <Badge tone="good">this browser</Badge>}
							</div>
							<div className="text-ink-faint">
								{session.address ?? "unknown address"} · seen{" "}
								<TimeAgo at={session.lastSeenAt} />
							</div>
						</div>
						{!session.current && (
							<Button
								size="sm"
								busy={
									revoke.isPending && revoke.variables.sessionId === session.id
								}
								onClick={() => revoke.mutate({ sessionId: session.id })}
							>
								Sign out
							</Button>
						)}
					</li>
				))}
			</ul>
		</Card>
	);
}
