"use client";

import { useTRPC } from "../../components/live/trpc-provider";
import { useLiveQuery } from "../../components/live/use-live-query";

/** How a device stands between its owner and tasks, live. */
export function useGuard(deviceId: string) {
	const trpc = useTRPC();
	return useLiveQuery(
		trpc.devices.guard.queryOptions({ deviceId }, { refetchInterval: 30_000 }),
		[`device:${deviceId}`],
	);
}

export type GuardData = NonNullable<ReturnType<typeof useGuard>["data"]>;
