"use client";

import { useQuery } from "@tanstack/react-query";
import { signIn } from "next-auth/react";
import { Button } from "../actions/button";
import { useTRPC } from "../live/trpc-provider";

export const providerLabels = {
	github: "GitHub",
	google: "Google",
	orcid: "ORCID",
} as const;

/** The other ways in, where the server has them. Nothing where it has none. */
export function ProviderButtons({ next }: { next: string }) {
	const trpc = useTRPC();
	const methods = useQuery(trpc.account.signInMethods.queryOptions({}));
	const providers = methods.data?.providers ?? [];
	if (providers.length === 0) return null;
	return (
		<div className="mt-6">
			<div className="mb-4 flex items-center gap-3 text-ink-faint text-xs">
				<span className="h-px flex-1 bg-line" />
				or
				<span className="h-px flex-1 bg-line" />
			</div>
			<div className="grid gap-2">
				{providers.map((provider) => (
					<Button
						key={provider}
						onClick={() => signIn(provider, { callbackUrl: next })}
					>
						Continue with {providerLabels[provider]}
					</Button>
				))}
			</div>
		</div>
	);
}
