import { type Db, inTransaction } from "../../database/db.ts";
import { lineOfText } from "../../plain-text.ts";
import type { Services } from "../../services.ts";
import { emailAddress } from "../email-address.ts";
import type { Origin } from "../sessions/session-store.ts";
import { recordSignIn } from "../sessions/sign-in-store.ts";
import { createUser, findUserByEmail, lockUsers } from "../user-store.ts";

export type ProviderName = "github" | "google" | "orcid";

/** What a provider says of a person. */
export type ProviderProfile = {
	provider: ProviderName;
	providerAccountId: string;
	name: string | null;
	/** Only an address of which the provider knows that it is the person's. */
	verifiedEmail: string | null;
};

/** Why somebody was not let in; the sign-in page has a sentence for each. */
export type ProviderRefusal =
	| "suspended"
	| "linkedToOther"
	| "accountExists"
	| "noEmail";

export type ProviderOutcome =
	| { userId: string; linked: boolean }
	| { refused: ProviderRefusal };

/** What is known when the person comes back from the provider. */
export type ProviderFacts = {
	/** The account that this provider account belongs to. */
	linkedUserId: string | null;
	/** Who is signed in in this browser: wants to link. */
	currentUserId: string | null;
	/** The account with the verified e-mail address. */
	sameEmail: { id: string; hasPassword: boolean } | null;
	hasVerifiedEmail: boolean;
};

export type ProviderStep =
	| { step: "enter"; userId: string }
	| { step: "link"; userId: string }
	| { step: "create" }
	| { step: "refuse"; why: ProviderRefusal };

/**
 * Whom a provider account lets in. An account with a password is never entered because of its e-mail address alone:
 * whoever set up the mailbox at the provider need not be who chose the password.
 */
export function decideProviderStep(facts: ProviderFacts): ProviderStep {
	const { linkedUserId, currentUserId, sameEmail } = facts;
	if (linkedUserId && currentUserId && linkedUserId !== currentUserId)
		return { step: "refuse", why: "linkedToOther" };
	if (linkedUserId) return { step: "enter", userId: linkedUserId };
	if (currentUserId) return { step: "link", userId: currentUserId };
	if (!facts.hasVerifiedEmail) return { step: "refuse", why: "noEmail" };
	if (!sameEmail) return { step: "create" };
	return sameEmail.hasPassword
		? { step: "refuse", why: "accountExists" }
		: { step: "link", userId: sameEmail.id };
}

/** Lets in, links or makes the account that belongs to a provider's account, and writes the try into its history. */
export async function signInThroughProvider(
	{ db, clock }: Pick<Services, "db" | "clock">,
	profile: ProviderProfile,
	currentUserId: string | null,
	origin: Origin,
): Promise<ProviderOutcome> {
	const email = emailAddress.safeParse(profile.verifiedEmail).data ?? null;
	return inTransaction(db, async (transaction): Promise<ProviderOutcome> => {
		const step = decideProviderStep(
			await gatherFacts(transaction, profile, email, currentUserId),
		);
		if (step.step === "refuse") return { refused: step.why };
		const userId =
			step.step === "create"
				? await createFromProfile(transaction, profile, email ?? "")
				: step.userId;
		const user = (await lockUsers(transaction, [userId])).get(userId);
		const succeeded = user !== undefined && !user.suspendedAt;
		if (user)
			await recordSignIn(transaction, userId, {
				method: profile.provider,
				succeeded,
				at: clock.now(),
				...origin,
			});
		if (!succeeded) return { refused: "suspended" };
		if (step.step !== "enter") await link(transaction, userId, profile);
		return { userId, linked: step.step === "link" };
	});
}

async function gatherFacts(
	db: Db,
	{ provider, providerAccountId }: ProviderProfile,
	email: string | null,
	currentUserId: string | null,
): Promise<ProviderFacts> {
	const linked = await db.providerAccount.findUnique({
		where: { provider_providerAccountId: { provider, providerAccountId } },
	});
	const same = email ? await findUserByEmail(db, email) : null;
	return {
		linkedUserId: linked?.userId ?? null,
		currentUserId,
		sameEmail: same && { id: same.id, hasPassword: same.passwordHash !== null },
		hasVerifiedEmail: email !== null,
	};
}

async function createFromProfile(
	db: Db,
	profile: ProviderProfile,
	email: string,
): Promise<string> {
	const name =
		lineOfText(80).safeParse(profile.name).data ?? email.split("@")[0];
	const user = await createUser(db, {
		email,
		name: name ?? email,
		passwordHash: null,
	});
	return user.id;
}

async function link(
	db: Db,
	userId: string,
	{ provider, providerAccountId }: ProviderProfile,
): Promise<void> {
	await db.providerAccount.createMany({
		data: [{ provider, providerAccountId, userId }],
		skipDuplicates: true,
	});
}
