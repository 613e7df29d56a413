"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { signIn } from "next-auth/react";
import { useState } from "react";
import { providerLabels } from "../../components/access/provider-buttons";
import { Button } from "../../components/actions/button";
import { ConfirmDialog } from "../../components/actions/confirm-dialog";
import { Card } from "../../components/layout/card";
import { useTRPC } from "../../components/live/trpc-provider";
import { ErrorNotice } from "../../components/notices/error-notice";
import { TimeAgo } from "../../components/text/time-ago";

type Provider = keyof typeof providerLabels;

/** The providers one can sign in through; nothing where the server has none. */
export function LinkedProviders() {
	const trpc = useTRPC();
	const queryClient = useQueryClient();
	const methods = useQuery(trpc.account.signInMethods.queryOptions({}));
	const linked = useQuery(trpc.account.linkedProviders.queryOptions({}));
	const unlink = useMutation(
		trpc.account.unlinkProvider.mutationOptions({
			onSuccess: () =>
				queryClient.invalidateQueries(
					trpc.account.linkedProviders.pathFilter(),
				),
		}),
	);
	const [asked, setAsked] = useState<Provider | null>(null);
	const providers = methods.data?.providers ?? [];
	if (providers.length === 0) return null;
	return (
		<Card
			title="Other ways to sign in"
			description="Link an account that you have elsewhere."
		>
			<ErrorNotice error={linked.error} onRetry={() => linked.refetch()} />
			<ul className="divide-y divide-line">
				{providers.map((provider) => {
					const link = linked.data?.items.find(
						(item) => item.provider === provider,
					);
					return (
						<li
							key={provider}
							className="flex items-center justify-between gap-4 py-3 text-sm"
						>
							<div>
								<div className="font-medium">{providerLabels[provider]}</div>
								<div className="text-ink-faint">
									{link ? (
										<>
											Linked <TimeAgo at={link.linkedAt} />
										</>
									) : (
										"Not linked"
									)}
								</div>
							</div>
							{link ? (
								<Button size="sm" onClick={() => setAsked(provider)}>
									Unlink
								</Button>
							) : (
								<Button
									size="sm"
									onClick={() =>
										signIn(provider, { callbackUrl: "/account/security" })
									}
								>
									Link
								</Button>
							)}
						</li>
					);
				})}
			</ul>
			<ConfirmDialog
				open={asked !== null}
				onClose={() => setAsked(null)}
				title={`Unlink ${asked ? providerLabels[asked] : ""}?`}
				description="You can link it again at any time."
				confirmLabel="Unlink"
				onConfirm={async () => {
					if (asked) await unlink.mutateAsync({ provider: asked });
				}}
			/>
		</Card>
	);
}
