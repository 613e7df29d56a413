"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useCurrentUser } from "../../components/access/use-current-user";
import { Button } from "../../components/actions/button";
import { TextField } from "../../components/forms/text-field";
import { Card } from "../../components/layout/card";
import { useTRPC } from "../../components/live/trpc-provider";
import { ErrorNotice } from "../../components/notices/error-notice";
import { fieldError } from "../../components/notices/error-sentence";
import { useToast } from "../../components/notices/toast";

export function PasswordForm() {
	const trpc = useTRPC();
	const toast = useToast();
	const queryClient = useQueryClient();
	const { user } = useCurrentUser();
	const [current, setCurrent] = useState("");
	const [chosen, setChosen] = useState("");
	const change = useMutation(
		trpc.account.changePassword.mutationOptions({
			onSuccess: ({ endedSessions }) => {
				setCurrent("");
				setChosen("");
				toast.done(
					endedSessions === 0
						? "Password changed"
						: `Password changed; ${endedSessions} other ${endedSessions === 1 ? "browser" : "browsers"} signed out`,
				);
				return queryClient.invalidateQueries(trpc.account.pathFilter());
			},
		}),
	);
	const submit = (event: FormEvent) => {
		event.preventDefault();
		change.mutate({
			newPassword: chosen,
			...(current && { currentPassword: current }),
		});
	};
	const ofField =
		fieldError(change.error, "currentPassword") ??
		fieldError(change.error, "newPassword");
	return (
		<Card
			title={user?.hasPassword === false ? "Set a password" : "Password"}
			description="Changing it signs out every other browser."
		>
			<form onSubmit={submit} className="max-w-lg space-y-5">
				{user?.hasPassword !== false && (
					<TextField
						label="Current password"
						type="password"
						autoComplete="current-password"
						required
						maxLength={200}
						value={current}
						onValue={setCurrent}
						error={fieldError(change.error, "currentPassword")}
					/>
				)}
				<TextField
					label="New password"
					type="password"
					autoComplete="new-password"
					required
					minLength={10}
					maxLength={200}
					hint="At least 10 characters."
					value={chosen}
					onValue={setChosen}
					error={fieldError(change.error, "newPassword")}
				/>
				{!ofField && <ErrorNotice error={change.error} />}
				<Button type="submit" variant="primary" busy={change.isPending}>
					Change the password
				</Button>
			</form>
		</Card>
	);
}
