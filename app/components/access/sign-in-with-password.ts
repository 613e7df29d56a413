"use client";

import { signIn } from "next-auth/react";

const sentences: Record<string, string> = {
	notSignedIn: "The e-mail address and the password do not fit together.",
	notAllowed: "This account is suspended. Ask an admin why.",
	tooMany: "Too many tries. Wait a quarter of an hour and try again.",
};

/** Signs this browser in. Throws an error with a sentence for people when that did not work. */
export async function signInWithPassword(
	email: string,
	password: string,
): Promise<void> {
	const answer = await signIn("credentials", {
		redirect: false,
		email,
		password,
	});
	if (answer && !answer.error) return;
	throw new Error(
		sentences[answer?.error ?? ""] ?? "Signing in failed. Try again.",
	);
}
