"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "./trpc-provider";

/** Who is signed in: `user` is null when nobody is, undefined while that is not known yet. */
export function useCurrentUser() {
	const trpc = useTRPC();
	const query = useQuery(
		trpc.account.me.queryOptions({}, { staleTime: 60_000 }),
	);
	return { user: query.data?.user, error: query.error };
}
