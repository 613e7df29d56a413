"use client";

import { Plus, Router } from "lucide-react";
import { useState } from "react";
import { useCurrentUser } from "../components/access/use-current-user";
import { ButtonLink } from "../components/actions/button";
import { StatTile } from "../components/charts/stat-tile";
import { PageBody } from "../components/layout/page-body";
import { PageHeader } from "../components/layout/page-header";
import { useTRPC } from "../components/live/trpc-provider";
import { nextPage, useLivePages } from "../components/live/use-live-pages";
import { useLiveQuery } from "../components/live/use-live-query";
import { EmptyState } from "../components/notices/empty-state";
import { ListCard } from "../components/tables/list-card";
import { AllYoursNow } from "./all-yours-now";
import { DEVICE_ROW_HEIGHT, deviceColumns } from "./device-columns";
import { DeviceFilterBar, filterInput, NO_FILTERS } from "./device-filters";
import { ResumeAll } from "./resume-all";
import { showCredit } from "./show-number";
import { useDeviceRefresh } from "./use-device-refresh";

const addDevice = (
	<ButtonLink href="/devices/add" variant="primary" icon={<Plus aria-hidden />}>
		Add a device
	</ButtonLink>
);

const isStopped = (device: { paused: boolean; draining: boolean }) =>
	device.paused || device.draining;

/** An owner's devices, live. */
export function DeviceList() {
	const trpc = useTRPC();
	const { user } = useCurrentUser();
	const [filters, setFilters] = useState(NO_FILTERS);
	const input = filterInput(filters);
	const list = useLivePages(
		trpc.devices.list.infiniteQueryOptions({ ...input, limit: 200 }, nextPage),
	);
	useDeviceRefresh(
		user ? `devicesOf:${user.id}` : null,
		list.items.length,
		list.refetch,
	);
	const filtered = Object.keys(input).length > 0;
	const empty = filtered ? (
		<EmptyState icon={<Router />} title="No device matches">
			Change the search or the filters to see others.
		</EmptyState>
	) : (
		<EmptyState
			icon={<Router />}
			title="You lend no device yet"
			action={addDevice}
		>
			One command on a Linux machine with Docker, and it lends the time in which
			it stands idle. You can pause or remove it at any moment.
		</EmptyState>
	);
	return (
		<PageBody>
			<PageHeader
				title="Devices"
				description="What your devices do, and what they have earned."
				actions={
					<>
						{list.items.some(isStopped) && <ResumeAll />}
						{list.items.length > 0 && <AllYoursNow />}
						{addDevice}
					</>
				}
			/>
			<OwnerFigures userId={user?.id} />
			<DeviceFilterBar filters={filters} onChange={setFilters} />
			<ListCard
				list={list}
				caption="Your devices"
				columns={deviceColumns}
				rowKey={({ id }) => id}
				rowHref={({ id }) => `/devices/${id}`}
				rowHeight={DEVICE_ROW_HEIGHT}
				empty={empty}
			/>
		</PageBody>
	);
}

function OwnerFigures({ userId }: { userId: string | undefined }) {
	const trpc = useTRPC();
	const summary = useLiveQuery(
		trpc.devices.summary.queryOptions({}),
		userId ? [`devicesOf:${userId}`] : [],
	);
	const credit = useLiveQuery(
		trpc.credit.mine.queryOptions({}, { refetchInterval: 15_000 }),
		userId ? [`devicesOf:${userId}`] : [],
	);
	const counts = summary.data;
	const all = counts && counts.online + counts.offline + counts.pending;
	return (
		<div className="mb-6 grid grid-cols-2 gap-3 lg:grid-cols-4">
			<StatTile
				label="Online"
				value={counts?.online.toLocaleString("en") ?? null}
				detail={
					all === undefined ? undefined : `of ${all.toLocaleString("en")}`
				}
			/>
			<StatTile
				label="Cores online"
				value={counts?.cores.toLocaleString("en") ?? null}
			/>
			<StatTile
				label="Tasks now"
				value={counts?.activeTasks.toLocaleString("en") ?? null}
			/>
			<StatTile
				label="Credit"
				value={credit.data ? showCredit(credit.data.totalCredit) : null}
				detail={
					credit.data && `${showCredit(credit.data.recentCredit)} a day lately`
				}
				href="/leaderboards"
			/>
		</div>
	);
}
