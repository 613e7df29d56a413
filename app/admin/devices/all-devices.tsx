"use client";

import { Router } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "../../components/live/trpc-provider";
import { nextPage, useLivePages } from "../../components/live/use-live-pages";
import { EmptyState } from "../../components/notices/empty-state";
import { ListCard } from "../../components/tables/list-card";
import {
	adminDeviceColumns,
	DEVICE_ROW_HEIGHT,
} from "../../devices/device-columns";
import {
	DeviceFilterBar,
	filterInput,
	NO_FILTERS,
} from "../../devices/device-filters";
import { useDeviceRefresh } from "../../devices/use-device-refresh";

/** Everybody's devices, live; blocking one is done on its own page. */
export function AllDevices() {
	const trpc = useTRPC();
	const [filters, setFilters] = useState(NO_FILTERS);
	const list = useLivePages(
		trpc.devices.listAll.infiniteQueryOptions(
			{ ...filterInput(filters), limit: 200 },
			nextPage,
		),
	);
	useDeviceRefresh("overview", list.items.length, list.refetch);
	return (
		<div>
			<DeviceFilterBar filters={filters} onChange={setFilters} />
			<ListCard
				list={list}
				caption="All devices"
				columns={adminDeviceColumns}
				rowKey={({ id }) => id}
				rowHref={({ id }) => `/devices/${id}`}
				rowHeight={DEVICE_ROW_HEIGHT}
				empty={
					<EmptyState icon={<Router />} title="No device matches">
						Owners enroll devices under “Add a device”.
					</EmptyState>
				}
			/>
		</div>
	);
}
