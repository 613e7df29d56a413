import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
	ACCESS_LEVEL,
	mayManage,
} from "../../../server/accounts/access-level.ts";
import { emailAddress } from "../../../server/accounts/email-address.ts";
import { newPassword } from "../../../server/accounts/password-input.ts";
import {
	decideProviderStep,
	type ProviderFacts,
} from "../../../server/accounts/sign-in/sign-in-through-provider.ts";
import {
	ordinaryScopes,
	scopesLeft,
	scopesOpenTo,
} from "../../../server/accounts/tokens/api-token-rules.ts";

const anyLevel = fc.constantFrom(...Object.values(ACCESS_LEVEL));

describe("rights", () => {
	test("nobody can manage an equal, a superior or themselves", () => {
		fc.assert(
			fc.property(anyLevel, anyLevel, (actor, target) => {
				expect(mayManage(actor, target)).toBe(actor < target);
			}),
		);
	});

	test("a higher account may give every scope that a lower one may", () => {
		fc.assert(
			fc.property(anyLevel, anyLevel, (a, b) => {
				const [higher, lower] = a < b ? [a, b] : [b, a];
				expect(scopesOpenTo(higher)).toEqual(
					expect.arrayContaining(scopesOpenTo(lower)),
				);
			}),
		);
	});

	test("an owner cannot give a token the rights of researchers or admins", () => {
		expect(scopesOpenTo(ACCESS_LEVEL.owner)).toEqual([
			"read",
			"devices",
			"account",
		]);
	});

	test("a token loses the scopes that its person has lost", () => {
		expect(
			scopesLeft(["read", "work", "moderation"], ACCESS_LEVEL.researcher),
		).toEqual(["read", "work"]);
	});

	test("a token has no scope that is unknown, such as one of an older version", () => {
		expect(scopesLeft(["everything"], ACCESS_LEVEL.superAdmin)).toEqual([]);
	});

	test("the ordinary scopes leave the account and other people alone", () => {
		expect(ordinaryScopes(ACCESS_LEVEL.superAdmin)).toEqual([
			"read",
			"devices",
			"projects",
			"work",
		]);
	});
});

describe("coming back from a provider", () => {
	const facts = (known: Partial<ProviderFacts>): ProviderFacts => ({
		linkedUserId: null,
		currentUserId: null,
		sameEmail: null,
		hasVerifiedEmail: true,
		...known,
	});

	test("a stranger with a verified address gets an account", () => {
		expect(decideProviderStep(facts({}))).toEqual({ step: "create" });
	});

	test("a stranger without a verified address gets none", () => {
		expect(decideProviderStep(facts({ hasVerifiedEmail: false }))).toEqual({
			step: "refuse",
			why: "noEmail",
		});
	});

	test("an account with a password is not entered because of its address alone", () => {
		const sameEmail = { id: "victim", hasPassword: true };
		expect(decideProviderStep(facts({ sameEmail }))).toEqual({
			step: "refuse",
			why: "accountExists",
		});
	});

	test("whoever is signed in links the provider to that account, whatever its address", () => {
		const sameEmail = { id: "other", hasPassword: true };
		expect(
			decideProviderStep(facts({ currentUserId: "me", sameEmail })),
		).toEqual({ step: "link", userId: "me" });
	});

	test("a provider account that is linked enters its account, also without an address", () => {
		expect(
			decideProviderStep(
				facts({ linkedUserId: "me", hasVerifiedEmail: false }),
			),
		).toEqual({ step: "enter", userId: "me" });
	});

	test("a provider account of another person is not moved over", () => {
		expect(
			decideProviderStep(facts({ linkedUserId: "other", currentUserId: "me" })),
		).toEqual({ step: "refuse", why: "linkedToOther" });
	});

	test("an account with a password is only ever entered by who is linked to it or signed in to it", () => {
		const id = fc.constantFrom("a", "b", "c");
		fc.assert(
			fc.property(
				fc.record({
					linkedUserId: fc.option(id),
					currentUserId: fc.option(id),
					sameEmail: fc.option(
						fc.record({ id, hasPassword: fc.constant(true) }),
					),
					hasVerifiedEmail: fc.boolean(),
				}),
				(known) => {
					const step = decideProviderStep(known);
					if (step.step === "enter" || step.step === "link")
						expect([known.linkedUserId, known.currentUserId]).toContain(
							step.userId,
						);
				},
			),
		);
	});
});

describe("what people type", () => {
	test("an e-mail address is one address, however it is written", () => {
		expect(emailAddress.parse("  Ada@Example.ORG ")).toBe("ada@example.org");
	});

	test.each([
		"",
		"ada",
		"ada@",
		"@example.org",
		"ada@example.org\u0000",
		"a b@example.org",
		`${"a".repeat(250)}@example.org`,
	])("%j is not taken for an e-mail address", (text) => {
		expect(emailAddress.safeParse(text).success).toBe(false);
	});

	test.each(["short", "aaaaaaaaaaaaaaaa", "abababababab", "x".repeat(201)])(
		"%j is not taken for a new password",
		(text) => {
			expect(newPassword.safeParse(text).success).toBe(false);
		},
	);

	test("a password may have any characters", () => {
		expect(newPassword.parse("päß wörd \u{1f510} ok")).toBe(
			"päß wörd \u{1f510} ok",
		);
	});
});
