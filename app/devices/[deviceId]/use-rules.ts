"use client";

import { useTRPC } from "../../components/live/trpc-provider";
import { useLiveQuery } from "../../components/live/use-live-query";

/** The owner's rules of a device, live. */
export function useRules(deviceId: string) {
	const trpc = useTRPC();
	return useLiveQuery(trpc.devices.rules.queryOptions({ deviceId }), [
		`device:${deviceId}`,
	]);
}
