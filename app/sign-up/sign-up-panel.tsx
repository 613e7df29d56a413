"use client";

import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { EntryForm } from "../components/access/entry-form";
import { EntryPanel } from "../components/access/entry-panel";
import { ProviderButtons } from "../components/access/provider-buttons";
import { useTRPC } from "../components/live/trpc-provider";

export function SignUpPanel() {
	const trpc = useTRPC();
	const signUp = useMutation(trpc.account.signUp.mutationOptions());
	return (
		<EntryPanel
			title="Lend your devices' idle time"
			description="One account for owners and researchers alike."
			below={
				<>
					Have an account?{" "}
					<Link
						href="/sign-in"
						className="font-medium text-accent hover:underline"
					>
						Sign in
					</Link>
				</>
			}
		>
			<EntryForm
				button="Create the account"
				withName
				newPassword
				before={(input) => signUp.mutateAsync(input)}
				next="/devices"
			/>
			<ProviderButtons next="/devices" />
		</EntryPanel>
	);
}
