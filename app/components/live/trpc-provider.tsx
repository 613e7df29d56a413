"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink } from "@trpc/client";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import { type ReactNode, useState } from "react";
import type { AppRouter } from "@/server/api/app-router";
import { errorCode } from "../notices/error-sentence";

const context = createTRPCContext<AppRouter>();

/**
 * `const trpc = useTRPC()`, then `useQuery(trpc.devices.list.queryOptions({…}))` or
 * `useMutation(trpc.devices.pause.mutationOptions())`. For what changes by itself, see use-live-query.ts.
 */
export const { useTRPC, useTRPCClient } = context;

const MAX_RETRIES = 2;
/** Asking again does not help when the answer was about the question. */
const FINAL_CODES = new Set([
	"invalidInput",
	"notSignedIn",
	"notAllowed",
	"notFound",
	"conflict",
	"gone",
	"tooLarge",
	"tooMany",
]);

const createQueryClient = () =>
	new QueryClient({
		defaultOptions: {
			queries: {
				staleTime: 5_000,
				retry: (failures, error) =>
					failures < MAX_RETRIES && !FINAL_CODES.has(errorCode(error) ?? ""),
			},
		},
	});

const createClient = () =>
	createTRPCClient<AppRouter>({
		links: [
			httpBatchLink({
				url: "/api/trpc",
				// The server refuses longer ones.
				maxItems: 10,
				maxURLLength: 4_000,
			}),
		],
	});

/** Gives the pages the API. */
export function TrpcProvider({ children }: { children: ReactNode }) {
	const [queryClient] = useState(createQueryClient);
	const [trpcClient] = useState(createClient);
	return (
		<QueryClientProvider client={queryClient}>
			<context.TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
				{children}
			</context.TRPCProvider>
		</QueryClientProvider>
	);
}
