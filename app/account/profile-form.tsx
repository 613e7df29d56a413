"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { type FormEvent, useEffect, useState } from "react";
import { accessLevelName } from "@/server/accounts/access-level";
import { Button, ButtonLink } from "../components/actions/button";
import { CheckField } from "../components/forms/check-field";
import { countryOptions } from "../components/forms/country-options";
import { SelectField } from "../components/forms/select-field";
import { TextField } from "../components/forms/text-field";
import { Card } from "../components/layout/card";
import { useTRPC } from "../components/live/trpc-provider";
import { Badge } from "../components/notices/badge";
import { ErrorNotice } from "../components/notices/error-notice";
import { fieldError } from "../components/notices/error-sentence";
import { Skeleton } from "../components/notices/skeleton";
import { useToast } from "../components/notices/toast";
import { FactsList } from "../components/tables/facts-list";
import { TimeAgo } from "../components/text/time-ago";

export function ProfileForm() {
	const trpc = useTRPC();
	const toast = useToast();
	const queryClient = useQueryClient();
	const me = useQuery(trpc.account.me.queryOptions({}));
	const user = me.data?.user;
	const [draft, setDraft] = useState({
		name: "",
		country: "",
		showOnLeaderboard: true,
	});
	useEffect(() => {
		if (user)
			setDraft({
				name: user.name,
				country: user.country ?? "",
				showOnLeaderboard: user.showOnLeaderboard,
			});
	}, [user]);
	const save = useMutation(
		trpc.account.updateProfile.mutationOptions({
			onSuccess: () => {
				toast.done("Saved");
				return queryClient.invalidateQueries(trpc.account.me.pathFilter());
			},
		}),
	);
	const submit = (event: FormEvent) => {
		event.preventDefault();
		save.mutate({ ...draft, country: draft.country || null });
	};
	if (!user)
		return me.error ? (
			<ErrorNotice error={me.error} onRetry={() => me.refetch()} />
		) : (
			<Skeleton className="h-72" />
		);
	return (
		<>
			<Card
				title="Profile"
				description="What others see beside what you give and what you compute."
			>
				<form onSubmit={submit} className="max-w-lg space-y-5">
					<TextField
						label="Name"
						required
						maxLength={80}
						value={draft.name}
						onValue={(name) => setDraft({ ...draft, name })}
						error={fieldError(save.error, "name")}
					/>
					<SelectField
						label="Country"
						optional
						options={[{ value: "", label: "Not told" }, ...countryOptions]}
						value={draft.country}
						onValue={(country) => setDraft({ ...draft, country })}
					/>
					<CheckField
						label="Show me on the leaderboards"
						hint="Otherwise your credit counts, and your name stays with you."
						checked={draft.showOnLeaderboard}
						onValue={(showOnLeaderboard) =>
							setDraft({ ...draft, showOnLeaderboard })
						}
					/>
					{!fieldError(save.error, "name") && (
						<ErrorNotice error={save.error} />
					)}
					<Button type="submit" variant="primary" busy={save.isPending}>
						Save
					</Button>
				</form>
			</Card>
			<Card
				title="This account"
				actions={
					<ButtonLink
						size="sm"
						href="/api/v1/account/export"
						download="lull-account.json"
						icon={<Download aria-hidden />}
					>
						All my data
					</ButtonLink>
				}
			>
				<FactsList
					facts={[
						{ label: "E-mail address", value: user.email },
						{
							label: "Rights",
							value: (
								<Badge tone="accent">{accessLevelName(user.accessLevel)}</Badge>
							),
						},
						{ label: "Member since", value: <TimeAgo at={user.createdAt} /> },
						{
							label: "Credit",
							value: user.totalCredit.toLocaleString("en", {
								maximumFractionDigits: 1,
							}),
						},
					]}
				/>
			</Card>
		</>
	);
}
