const sentences: Record<string, string> = {
	suspended: "This account is suspended. Ask an admin why.",
	accountExists:
		"There is an account with this e-mail address and a password. Sign in with the password, then link the provider on your account page.",
	noEmail:
		"The provider did not tell a verified e-mail address. Create an account with e-mail and password first, then link the provider on your account page.",
	linkedToOther: "This provider account belongs to another Lull account.",
	AccessDenied: "Access was denied.",
};

/** What to tell a person whom a provider brought back with an error code. */
export const providerSentence = (code: string): string =>
	sentences[code] ?? "Signing in through the provider failed. Try again.";
