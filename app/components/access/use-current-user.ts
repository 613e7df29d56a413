"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../live/trpc-provider";
import { useRefreshOn } from "../live/use-refresh-on";

/** Who is signed in: `user` is null when nobody is, undefined while that is not known yet. */
export function useCurrentUser() {
	const trpc = useTRPC();
	const options = trpc.account.me.queryOptions({}, { staleTime: 60_000 });
	const query = useQuery(options);
	const id = query.data?.user?.id;
	// New rights show at once, and so does the end of the session, from wherever it was ended.
	useRefreshOn(id ? [`user:${id}`] : [], options.queryKey);
	return { user: query.data?.user, error: query.error };
}
