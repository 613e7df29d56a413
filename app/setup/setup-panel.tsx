"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { EntryForm } from "../components/access/entry-form";
import { EntryPanel } from "../components/access/entry-panel";
import { ButtonLink } from "../components/actions/button";
import { useTRPC } from "../components/live/trpc-provider";
import { ErrorNotice } from "../components/notices/error-notice";
import { Notice } from "../components/notices/notice";
import { Spinner } from "../components/notices/spinner";

/** Makes the first super admin, for whoever holds the code that the server printed. */
export function SetupPanel({ code }: { code: string }) {
	const trpc = useTRPC();
	const check = useQuery(trpc.account.isSetupCode.queryOptions({ code }));
	const create = useMutation(trpc.account.createFirstAdmin.mutationOptions());
	return (
		<EntryPanel
			title="Set up this Lull"
			description="Make the first super admin. This address works once."
		>
			{check.isPending && <Spinner label="Looking at the code" />}
			<ErrorNotice error={check.error} onRetry={() => check.refetch()} />
			{check.data?.usable === false && (
				<div className="space-y-5">
					<Notice tone="warn" title="This address does not work any more">
						It has been used, or a newer one was printed. The server prints a
						new one when it starts, as long as there is no super admin.
					</Notice>
					<ButtonLink href="/sign-in" className="w-full">
						Sign in
					</ButtonLink>
				</div>
			)}
			{check.data?.usable && (
				<EntryForm
					button="Make the super admin"
					withName
					newPassword
					before={(input) => create.mutateAsync({ code, ...input })}
					next="/admin"
				/>
			)}
		</EntryPanel>
	);
}
