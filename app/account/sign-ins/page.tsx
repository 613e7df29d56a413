"use client";

import { Card } from "../../components/card";
import { ErrorNotice } from "../../components/error-notice";
import { SignInTable } from "../../components/sign-in-table";
import { useTRPC } from "../../components/trpc-provider";
import { nextPage, useLivePages } from "../../components/use-live-pages";

export default function SignInsPage() {
	const trpc = useTRPC();
	const list = useLivePages(
		trpc.account.signIns.infiniteQueryOptions({}, nextPage),
	);
	return (
		<Card
			title="Sign-in history"
			description="Something you do not recognise? Change your password: that signs out every other browser."
			flush
		>
			<ErrorNotice error={list.error} onRetry={list.refetch} />
			<SignInTable list={list} />
		</Card>
	);
}
