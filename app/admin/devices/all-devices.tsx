"use client";

import { Router } from "lucide-react";
import { useState } from "react";
import { Card } from "../../components/layout/card";
import { useTRPC } from "../../components/live/trpc-provider";
import { nextPage, useLivePages } from "../../components/live/use-live-pages";
import { EmptyState } from "../../components/notices/empty-state";
import { ErrorNotice } from "../../components/notices/error-notice";
import { DataTable } from "../../components/tables/data-table";
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
			<Card flush>
				{list.error ? (
					<div className="p-5">
						<ErrorNotice error={list.error} onRetry={list.refetch} />
					</div>
				) : (
					<DataTable
						caption="All devices"
						columns={adminDeviceColumns}
						rows={list.items}
						rowKey={({ id }) => id}
						rowHref={({ id }) => `/devices/${id}`}
						rowHeight={DEVICE_ROW_HEIGHT}
						empty={
							<EmptyState icon={<Router />} title="No device matches">
								Owners enroll devices under “Add a device”.
							</EmptyState>
						}
						loading={list.loading}
						hasMore={list.hasMore}
						loadingMore={list.loadingMore}
						onLoadMore={list.loadMore}
					/>
				)}
			</Card>
		</div>
	);
}
