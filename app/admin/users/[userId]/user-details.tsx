"use client";

import Link from "next/link";
import { Card } from "../../../components/layout/card";
import { useTRPC } from "../../../components/live/trpc-provider";
import {
	nextPage,
	useLivePages,
} from "../../../components/live/use-live-pages";
import { useLiveQuery } from "../../../components/live/use-live-query";
import { AccessBadge } from "../../../components/notices/access-badge";
import { ErrorNotice } from "../../../components/notices/error-notice";
import { Skeleton } from "../../../components/notices/skeleton";
import { StateBadge } from "../../../components/notices/state-badge";
import { FactsList } from "../../../components/tables/facts-list";
import { SignInCard } from "../../../components/tables/sign-in-card";
import { TimeAgo } from "../../../components/text/time-ago";
import { AccessForm } from "./access-form";

/** One person, as admins see them. */
export function UserDetails({ userId }: { userId: string }) {
	const trpc = useTRPC();
	const topics = [`user:${userId}`] as const;
	const query = useLiveQuery(trpc.users.get.queryOptions({ userId }), topics);
	const signIns = useLivePages(
		trpc.users.signIns.infiniteQueryOptions({ userId }, nextPage),
		topics,
	);
	const user = query.data;
	if (!user)
		return query.error ? (
			<ErrorNotice error={query.error} onRetry={() => query.refetch()} />
		) : (
			<Skeleton className="h-64" />
		);
	return (
		<>
			<Link
				href="/admin/users"
				className="text-ink-soft text-sm hover:underline"
			>
				All people
			</Link>
			<Card
				title={user.name}
				description={user.email}
				actions={
					user.suspendedAt ? (
						<StateBadge state="suspended" />
					) : (
						<AccessBadge level={user.accessLevel} />
					)
				}
			>
				<FactsList
					facts={[
						{ label: "Member since", value: <TimeAgo at={user.createdAt} /> },
						{
							label: "Credit",
							value: user.totalCredit.toLocaleString("en", {
								maximumFractionDigits: 1,
							}),
						},
						{
							label: "Suspended",
							value: user.suspendedAt ? (
								<TimeAgo at={user.suspendedAt} />
							) : undefined,
						},
					]}
				/>
			</Card>
			<AccessForm user={user} />
			<SignInCard list={signIns} />
		</>
	);
}
