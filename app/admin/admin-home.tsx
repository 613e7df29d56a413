"use client";

import { ButtonLink } from "../components/actions/button";
import { StatTile } from "../components/charts/stat-tile";
import { Card } from "../components/layout/card";
import { useTRPC } from "../components/live/trpc-provider";
import { useLiveQuery } from "../components/live/use-live-query";
import { ErrorNotice } from "../components/notices/error-notice";
import { Skeleton } from "../components/notices/skeleton";
import { TimeAgo } from "../components/text/time-ago";

const figure = (value: number | undefined) =>
	value === undefined
		? null
		: value.toLocaleString("en", { maximumFractionDigits: 0 });

/** What waits for an admin, and how the network does. */
export function AdminHome() {
	const trpc = useTRPC();
	const overview = useLiveQuery(trpc.overview.get.queryOptions({}), [
		"overview",
	]);
	const requests = useLiveQuery(
		trpc.researcherRequests.list.queryOptions({ state: "pending", limit: 5 }),
		["moderation"],
	);
	const reviews = useLiveQuery(
		trpc.moderation.reviews.queryOptions({ limit: 5 }),
		["moderation"],
	);
	const { data } = overview;
	return (
		<>
			<ErrorNotice error={overview.error} onRetry={() => overview.refetch()} />
			<div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-4">
				<StatTile
					label="Devices online"
					value={figure(data?.devicesOnline)}
					detail={data && `${figure(data.coresLending)} cores lending`}
				/>
				<StatTile
					label="Tasks running"
					value={figure(data?.tasksRunning)}
					detail={
						data &&
						`${figure(data.projectsActive)} active ${data.projectsActive === 1 ? "project" : "projects"}`
					}
				/>
				<StatTile
					label="Work units done"
					value={figure(data?.workUnitsDone)}
					detail={data && `${figure(data.workUnitsDoneToday)} today`}
				/>
				<StatTile
					label="Credit granted"
					value={figure(data?.creditGranted)}
					detail={data && `${figure(data.creditGrantedToday)} today`}
				/>
			</div>
			<div className="grid gap-6 xl:grid-cols-2">
				<Card
					title="Researcher requests that wait"
					actions={
						<ButtonLink size="sm" href="/admin/researcher-requests">
							All requests
						</ButtonLink>
					}
				>
					<ErrorNotice
						error={requests.error}
						onRetry={() => requests.refetch()}
					/>
					<WaitingList
						empty="Nobody waits."
						items={requests.data?.items.map((request) => ({
							key: request.id,
							name: request.user.name,
							detail: request.affiliation,
							at: request.createdAt,
						}))}
					/>
				</Card>
				<Card
					title="Project reviews that wait"
					actions={
						<ButtonLink size="sm" href="/admin/reviews">
							All reviews
						</ButtonLink>
					}
				>
					<ErrorNotice
						error={reviews.error}
						onRetry={() => reviews.refetch()}
					/>
					<WaitingList
						empty="No project waits. Nothing runs on anyone's device before a person has looked at it."
						items={reviews.data?.items.map(({ project, owner, kind }) => ({
							key: project.id,
							name: project.name,
							detail:
								kind === "project" ? owner.name : `${owner.name}, new version`,
							at: project.submittedAt,
						}))}
					/>
				</Card>
			</div>
		</>
	);
}

type Waiting = {
	key: string;
	name: string;
	detail: string;
	at: string | null;
};

function WaitingList({
	items,
	empty,
}: {
	items: Waiting[] | undefined;
	empty: string;
}) {
	if (!items) return <Skeleton className="h-16" />;
	if (items.length === 0)
		return <p className="text-ink-faint text-sm">{empty}</p>;
	return (
		<ul className="divide-y divide-line text-sm">
			{items.map(({ key, name, detail, at }) => (
				<li key={key} className="flex justify-between gap-4 py-2.5">
					<span className="min-w-0 truncate">
						<span className="font-medium">{name}</span>{" "}
						<span className="text-ink-faint">{detail}</span>
					</span>
					<span className="text-ink-faint">
						<TimeAgo at={at} />
					</span>
				</li>
			))}
		</ul>
	);
}
