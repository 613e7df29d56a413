"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { ApiScope } from "@/server/accounts/api-scope";
import { Button } from "../../components/actions/button";
import { Dialog } from "../../components/actions/dialog";
import { CheckField } from "../../components/forms/check-field";
import { SelectField } from "../../components/forms/select-field";
import { TextField } from "../../components/forms/text-field";
import { useTRPC } from "../../components/live/trpc-provider";
import { ErrorNotice } from "../../components/notices/error-notice";
import { Notice } from "../../components/notices/notice";
import { CodeBlock } from "../../components/text/code-block";

const meanings: Record<ApiScope, string> = {
	read: "Read everything that you can read",
	devices: "Rename, pause, resume and retire your devices",
	projects: "Make and change your projects and their app versions",
	work: "Submit batches, cancel them, fetch results",
	account: "Change your profile, end your sessions, revoke tokens",
	moderation: "Review projects and manage people, as you may",
};

const lives = [
	{ value: "30", label: "30 days" },
	{ value: "90", label: "90 days" },
	{ value: "365", label: "a year" },
	{ value: "", label: "no end" },
] as const;

/** Makes a token, then shows it: the only time that it can be seen. */
export function NewTokenDialog({
	open,
	onClose,
	scopes,
	onMade,
}: {
	open: boolean;
	onClose: () => void;
	scopes: readonly ApiScope[];
	onMade: () => unknown;
}) {
	const [secret, setSecret] = useState<string | null>(null);
	const close = () => {
		setSecret(null);
		onClose();
	};
	return (
		<Dialog
			open={open}
			onClose={close}
			title={secret ? "Your new token" : "New API token"}
			footer={
				secret && (
					<Button variant="primary" onClick={close}>
						I have kept it
					</Button>
				)
			}
		>
			{secret ? (
				<div className="space-y-4">
					<CodeBlock code={secret} label="API token" wrap />
					<Notice tone="warn">
						Copy it now: it is not kept here and cannot be shown again.
					</Notice>
				</div>
			) : (
				<NewTokenForm
					scopes={scopes}
					onMade={(made) => {
						setSecret(made);
						onMade();
					}}
				/>
			)}
		</Dialog>
	);
}

function NewTokenForm({
	scopes,
	onMade,
}: {
	scopes: readonly ApiScope[];
	onMade: (secret: string) => void;
}) {
	const trpc = useTRPC();
	const [name, setName] = useState("");
	const [days, setDays] = useState<(typeof lives)[number]["value"]>("90");
	const [ticked, setTicked] = useState<ApiScope[]>(["read"]);
	const create = useMutation(
		trpc.account.createToken.mutationOptions({
			onSuccess: (made) => onMade(made.secret),
		}),
	);
	const submit = (event: FormEvent) => {
		event.preventDefault();
		create.mutate({
			name,
			scopes: ticked,
			expiresInDays: days === "" ? null : Number(days),
		});
	};
	const toggle = (scope: ApiScope) => (checked: boolean) =>
		setTicked((old) =>
			checked ? [...old, scope] : old.filter((other) => other !== scope),
		);
	return (
		<form onSubmit={submit} className="space-y-5">
			<TextField
				label="Name"
				hint="Which program will use it."
				required
				maxLength={80}
				value={name}
				onValue={setName}
			/>
			<fieldset className="space-y-3">
				<legend className="mb-2 font-medium text-sm">What it may do</legend>
				{scopes.map((scope) => (
					<CheckField
						key={scope}
						label={scope}
						hint={meanings[scope]}
						checked={ticked.includes(scope)}
						onValue={toggle(scope)}
					/>
				))}
			</fieldset>
			<SelectField
				label="It ends after"
				options={lives}
				value={days}
				onValue={setDays}
			/>
			<ErrorNotice error={create.error} />
			<Button
				type="submit"
				variant="primary"
				busy={create.isPending}
				disabled={ticked.length === 0}
				className="w-full"
			>
				Make the token
			</Button>
		</form>
	);
}
