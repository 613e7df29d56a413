"use client";

import { ButtonLink } from "../components/button";
import { Card } from "../components/card";
import { ErrorNotice } from "../components/error-notice";
import { Skeleton } from "../components/skeleton";
import { StatTile } from "../components/stat-tile";
import { TimeAgo } from "../components/time-ago";
import { useTRPC } from "../components/trpc-provider";
import { useLiveQuery } from "../components/use-live-query";

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
	const waiting = requests.data?.items ?? [];
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
					detail={data && `${figure(data.projectsActive)} active projects`}
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
					{requests.isPending && <Skeleton className="h-16" />}
					{requests.data && waiting.length === 0 && (
						<p className="text-ink-faint text-sm">Nobody waits.</p>
					)}
					<ul className="divide-y divide-line text-sm">
						{waiting.map((request) => (
							<li
								key={request.id}
								className="flex justify-between gap-4 py-2.5"
							>
								<span className="min-w-0 truncate">
									<span className="font-medium">{request.user.name}</span>{" "}
									<span className="text-ink-faint">{request.affiliation}</span>
								</span>
								<span className="text-ink-faint">
									<TimeAgo at={request.createdAt} />
								</span>
							</li>
						))}
					</ul>
				</Card>
				<Card
					title="Project reviews"
					actions={
						<ButtonLink size="sm" href="/admin/reviews">
							All reviews
						</ButtonLink>
					}
				>
					<p className="text-ink-soft text-sm">
						Nothing runs on anyone's device before a person has looked at what
						it will run and what it asks for. Approving signs it.
					</p>
				</Card>
			</div>
		</>
	);
}
