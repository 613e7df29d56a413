"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ACCESS_LEVEL, hasAccess } from "@/server/accounts/access-level";
import { useCurrentUser } from "../../components/access/use-current-user";
import { Button, ButtonLink } from "../../components/actions/button";
import { TextAreaField } from "../../components/forms/text-area-field";
import { TextField } from "../../components/forms/text-field";
import { Card } from "../../components/layout/card";
import { useTRPC } from "../../components/live/trpc-provider";
import { useLiveQuery } from "../../components/live/use-live-query";
import { ErrorNotice } from "../../components/notices/error-notice";
import { fieldError } from "../../components/notices/error-sentence";
import { Notice } from "../../components/notices/notice";
import { Skeleton } from "../../components/notices/skeleton";
import { StateBadge } from "../../components/notices/state-badge";
import { useToast } from "../../components/notices/toast";
import { TimeAgo } from "../../components/text/time-ago";

/** An owner asks to become a researcher here, and reads what was decided. */
export function ResearchAccess() {
	const trpc = useTRPC();
	const toast = useToast();
	const queryClient = useQueryClient();
	const { user } = useCurrentUser();
	const topic = `user:${user?.id}` as const;
	const mine = useLiveQuery(
		trpc.researcherRequests.mine.queryOptions({}),
		user ? [topic] : [],
	);
	const withdraw = useMutation(
		trpc.researcherRequests.withdraw.mutationOptions({
			onSuccess: () => {
				toast.done("Your request is withdrawn");
				return queryClient.invalidateQueries(
					trpc.researcherRequests.mine.pathFilter(),
				);
			},
			onError: toast.failed,
		}),
	);
	if (!user || mine.isPending) return <Skeleton className="h-48" />;
	const requests = mine.data?.items ?? [];
	const pending = requests.find(({ state }) => state === "pending");
	return (
		<>
			<ErrorNotice error={mine.error} onRetry={() => mine.refetch()} />
			{hasAccess(user.accessLevel, ACCESS_LEVEL.researcher) ? (
				<Card title="You are a researcher">
					<p className="mb-4 text-ink-soft text-sm">
						Make a project, describe what it will do to people's devices, and
						submit it for review.
					</p>
					<ButtonLink href="/projects/new" variant="primary">
						Make a project
					</ButtonLink>
				</Card>
			) : pending ? (
				<Card
					title="Your request waits for an admin"
					actions={
						<Button
							size="sm"
							busy={withdraw.isPending}
							onClick={() => withdraw.mutate({ requestId: pending.id })}
						>
							Withdraw
						</Button>
					}
				>
					<p className="text-ink-soft text-sm">
						Asked <TimeAgo at={pending.createdAt} />. This page changes by
						itself once it is decided.
					</p>
				</Card>
			) : (
				<RequestForm />
			)}
			{requests.length > 0 && (
				<Card title="Your requests">
					<ul className="divide-y divide-line">
						{requests.map((request) => (
							<li key={request.id} className="space-y-2 py-4 first:pt-0">
								<div className="flex flex-wrap items-center gap-3 text-sm">
									<StateBadge state={request.state} />
									<span className="wrap-anywhere min-w-0 font-medium">
										{request.affiliation}
									</span>
									<span className="text-ink-faint">
										<TimeAgo at={request.createdAt} />
									</span>
								</div>
								<p className="whitespace-pre-wrap break-words text-ink-soft text-sm">
									{request.plan}
								</p>
								{request.reason && (
									<Notice title="The admin's reason">{request.reason}</Notice>
								)}
							</li>
						))}
					</ul>
				</Card>
			)}
		</>
	);
}

function RequestForm() {
	const trpc = useTRPC();
	const queryClient = useQueryClient();
	const [affiliation, setAffiliation] = useState("");
	const [plan, setPlan] = useState("");
	const ask = useMutation(
		trpc.researcherRequests.ask.mutationOptions({
			onSuccess: () =>
				queryClient.invalidateQueries(
					trpc.researcherRequests.mine.pathFilter(),
				),
		}),
	);
	const submit = (event: FormEvent) => {
		event.preventDefault();
		ask.mutate({ affiliation, plan });
	};
	const ofField =
		fieldError(ask.error, "affiliation") ?? fieldError(ask.error, "plan");
	return (
		<Card
			title="Become a researcher"
			description="Researchers run projects on other people's devices, so a person looks at each request."
		>
			<form onSubmit={submit} className="max-w-xl space-y-5">
				<TextField
					label="Affiliation"
					hint="University, institute, company; or “none”."
					required
					maxLength={200}
					value={affiliation}
					onValue={setAffiliation}
					error={fieldError(ask.error, "affiliation")}
				/>
				<TextAreaField
					label="What do you want to compute, and why?"
					required
					minLength={20}
					maxLength={4000}
					value={plan}
					onValue={setPlan}
					error={fieldError(ask.error, "plan")}
				/>
				{!ofField && <ErrorNotice error={ask.error} />}
				<Button type="submit" variant="primary" busy={ask.isPending}>
					Send the request
				</Button>
			</form>
		</Card>
	);
}
