"use client";

import { type FormEvent, useState } from "react";
import { Button } from "../actions/button";
import { TextField } from "../forms/text-field";
import { errorSentence, fieldError } from "../notices/error-sentence";
import { Notice } from "../notices/notice";
import { signInWithPassword } from "./sign-in-with-password";

export type EntryInput = { email: string; name: string; password: string };

/**
 * Name, e-mail address and password, as far as they are needed; then signs in and goes on. The page is loaded anew,
 * so that nothing of the former visitor stays in memory.
 */
export function EntryForm({
	button,
	withName,
	newPassword,
	before,
	next,
}: {
	button: string;
	withName: boolean;
	newPassword: boolean;
	/** What makes the account, for the pages that make one. */
	before?: (input: EntryInput) => Promise<unknown>;
	next: string;
}) {
	const [input, setInput] = useState({ email: "", name: "", password: "" });
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<unknown>(null);
	const set = (field: keyof EntryInput) => (value: string) =>
		setInput((old) => ({ ...old, [field]: value }));
	const submit = async (event: FormEvent) => {
		event.preventDefault();
		setBusy(true);
		setError(null);
		try {
			await before?.(input);
			await signInWithPassword(input.email.trim(), input.password);
			window.location.assign(next);
		} catch (caught) {
			setError(caught);
			setBusy(false);
		}
	};
	const of = (field: keyof EntryInput) => fieldError(error, field);
	const ofAField = of("email") ?? of("name") ?? of("password");
	return (
		<form onSubmit={submit} className="space-y-4">
			{withName && (
				<TextField
					label="Name"
					hint="Shown beside what you give, unless you hide it."
					name="name"
					autoComplete="name"
					required
					maxLength={80}
					value={input.name}
					onValue={set("name")}
					error={of("name")}
				/>
			)}
			<TextField
				label="E-mail address"
				type="email"
				name="email"
				autoComplete="username"
				required
				maxLength={254}
				value={input.email}
				onValue={set("email")}
				error={of("email")}
			/>
			<TextField
				label="Password"
				type="password"
				name="password"
				autoComplete={newPassword ? "new-password" : "current-password"}
				required
				minLength={newPassword ? 10 : undefined}
				maxLength={200}
				hint={newPassword ? "At least 10 characters." : undefined}
				value={input.password}
				onValue={set("password")}
				error={of("password")}
			/>
			{error !== null && !ofAField && (
				<Notice tone="bad">{errorSentence(error)}</Notice>
			)}
			<Button
				type="submit"
				variant="primary"
				busy={busy}
				className="mt-2 w-full"
			>
				{button}
			</Button>
		</form>
	);
}
