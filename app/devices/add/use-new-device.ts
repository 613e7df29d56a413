"use client";

import { useEffect, useState } from "react";
import { useCurrentUser } from "../../components/access/use-current-user";
import { useTRPC } from "../../components/live/trpc-provider";
import { useLiveQuery } from "../../components/live/use-live-query";

/** The device that enrolled since this was first shown: the newest one that was not there then. */
export function useNewDevice() {
	const trpc = useTRPC();
	const { user } = useCurrentUser();
	const { data } = useLiveQuery(
		trpc.devices.list.queryOptions(
			{ limit: 5 },
			{ refetchInterval: 5_000, staleTime: 0 },
		),
		user ? [`devicesOf:${user.id}`] : [],
	);
	const newest = data?.items[0];
	const [before, setBefore] = useState<string | null | undefined>(undefined);
	useEffect(() => {
		if (data)
			setBefore((known) =>
				known === undefined ? (data.items[0]?.id ?? null) : known,
			);
	}, [data]);
	// Ids grow with time: whatever sorts after the first newest one came later.
	if (!newest || before === undefined) return undefined;
	return before === null || newest.id > before ? newest : undefined;
}
