"use client";

import { useTRPC } from "../../components/live/trpc-provider";
import { nextPage, useLivePages } from "../../components/live/use-live-pages";
import { SignInCard } from "../../components/tables/sign-in-card";

export default function SignInsPage() {
	const trpc = useTRPC();
	const list = useLivePages(
		trpc.account.signIns.infiniteQueryOptions({}, nextPage),
	);
	return (
		<SignInCard
			list={list}
			description="Something you do not recognise? Change your password: that signs out every other browser."
		/>
	);
}
