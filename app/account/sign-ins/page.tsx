"use client";

import { Card } from "../../components/layout/card";
import { useTRPC } from "../../components/live/trpc-provider";
import { nextPage, useLivePages } from "../../components/live/use-live-pages";
import { ErrorNotice } from "../../components/notices/error-notice";
import { SignInTable } from "../../components/tables/sign-in-table";

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
