"use client";

import { useTRPC } from "../../components/live/trpc-provider";
import { useLiveQuery } from "../../components/live/use-live-query";

/** One device as the API answers it, live. */
export function useDevice(deviceId: string) {
	const trpc = useTRPC();
	return useLiveQuery(
		trpc.devices.get.queryOptions({ deviceId }, { refetchInterval: 60_000 }),
		[`device:${deviceId}`],
	);
}

export type DeviceData = NonNullable<ReturnType<typeof useDevice>["data"]>;
