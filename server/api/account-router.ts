import { z } from "zod";
import { apiScopeSchema } from "../accounts/api-scope.ts";
import { emailAddress } from "../accounts/email-address.ts";
import {
	createFirstAdmin,
	isFirstAdminCode,
} from "../accounts/first-admin-code.ts";
import { givenPassword, newPassword } from "../accounts/password-input.ts";
import {
	apiScopesInput,
	apiTokenSchema,
	ownAccountSchema,
	sessionSchema,
	signInSchema,
} from "../accounts/profile/account-view.ts";
import { changePassword } from "../accounts/profile/change-password.ts";
import {
	changeProfile,
	exportAccount,
	ownSessions,
	revokeOtherSessions,
	revokeOwnToken,
	revokeSession,
	whoAmI,
} from "../accounts/profile/own-account.ts";
import {
	listProviderAccounts,
	unlinkProvider,
} from "../accounts/provider-account-store.ts";
import { listSignIns } from "../accounts/sessions/sign-in-store.ts";
import { providerNames } from "../accounts/sign-in/oauth-providers.ts";
import { signInForToken } from "../accounts/sign-in/sign-in-for-token.ts";
import { signUp } from "../accounts/sign-in/sign-up.ts";
import { scopesOpenTo } from "../accounts/tokens/api-token-rules.ts";
import { listApiTokens } from "../accounts/tokens/api-token-store.ts";
import { createApiToken } from "../accounts/tokens/create-api-token.ts";
import { lineOfText, plainText } from "../plain-text.ts";
import { pageInput, pageOutput } from "./cursor-page.ts";
import { restMeta } from "./rest-meta.ts";
import { publicProcedure, router, userProcedure } from "./trpc.ts";

const done = z.object({ ok: z.literal(true) });
const ok = { ok: true } as const;
const nothing = z.object({});
const personName = lineOfText(80);
const rowId = z.string().regex(/^\d{1,18}$/);
const expiresInDays = z.number().int().min(1).max(3650);

const TAG = "Account";
/** Anyone may call it. */
const open = restMeta(TAG, { open: "all" });
/** Only a signed-in browser may call it, never a token: it could make itself more than it is. */
const browserOnly = restMeta(TAG, {});
/** Asks for no scope because it asks for a token itself. */
const signedIn = restMeta(TAG, {});
const withScope = restMeta(TAG, { scope: "account" });

export const accountRouter = router({
	me: publicProcedure
		.meta(open("GET", "/account", "Who is asking; null for nobody"))
		.input(nothing)
		.output(z.object({ user: ownAccountSchema.nullable() }))
		.query(({ ctx }) => whoAmI(ctx, ctx.user)),

	signInMethods: publicProcedure
		.meta(open("GET", "/account/sign-in-methods", "How one can sign in here"))
		.input(nothing)
		.output(
			z.object({ providers: z.array(z.enum(["github", "google", "orcid"])) }),
		)
		.query(({ ctx }) => ({ providers: providerNames(ctx.config) })),

	signUp: publicProcedure
		.meta(open("POST", "/account/sign-up", "Make an account"))
		.input(
			z.object({
				email: emailAddress,
				name: personName,
				password: newPassword,
			}),
		)
		.output(z.object({ id: z.uuid() }))
		.mutation(({ ctx, input }) => signUp(ctx, input, ctx.address)),

	signInToken: publicProcedure
		.meta(
			open(
				"POST",
				"/account/sign-in-token",
				"Trade e-mail address and password for an API token",
			),
		)
		.input(
			z.object({
				email: emailAddress,
				password: givenPassword,
				name: personName.default("lull command"),
				scopes: apiScopesInput.optional(),
				expiresInDays: expiresInDays.nullable().default(90),
			}),
		)
		.output(
			z.object({
				token: apiTokenSchema.extend({ secret: z.string() }),
				user: z.object({
					id: z.uuid(),
					email: z.string(),
					name: z.string(),
					accessLevel: z.number(),
				}),
			}),
		)
		.mutation(({ ctx, input }) => signInForToken(ctx, input, ctx)),

	isSetupCode: publicProcedure
		.meta(
			open(
				"GET",
				"/account/setup-code",
				"Whether a code can still make the first super admin",
			),
		)
		.input(z.object({ code: plainText(200) }))
		.output(z.object({ usable: z.boolean() }))
		.query(async ({ ctx, input }) => ({
			usable: await isFirstAdminCode(ctx.db, input.code),
		})),

	createFirstAdmin: publicProcedure
		.meta(open("POST", "/account/first-admin", "Make the first super admin"))
		.input(
			z.object({
				code: plainText(200),
				email: emailAddress,
				name: personName,
				password: newPassword,
			}),
		)
		.output(z.object({ id: z.uuid() }))
		.mutation(({ ctx, input }) => createFirstAdmin(ctx, input)),

	updateProfile: userProcedure
		.meta(withScope("PATCH", "/account", "Change one's profile"))
		.input(
			z.object({
				name: personName.optional(),
				country: z
					.string()
					.regex(/^[A-Z]{2}$/, "must be a country's code of two capitals")
					.nullable()
					.optional(),
				showOnLeaderboard: z.boolean().optional(),
			}),
		)
		.output(ownAccountSchema)
		.mutation(({ ctx, input }) => changeProfile(ctx, ctx.user.id, input)),

	changePassword: userProcedure
		.meta(
			browserOnly(
				"POST",
				"/account/password",
				"Change one's password and sign out everywhere else",
			),
		)
		.input(z.object({ currentPassword: givenPassword.optional(), newPassword }))
		.output(z.object({ endedSessions: z.number().int() }))
		.mutation(async ({ ctx, input }) => ({
			endedSessions: await changePassword(
				ctx,
				{ userId: ctx.user.id, sessionId: ctx.sessionId },
				input,
			),
		})),

	sessions: userProcedure
		.meta(withScope("GET", "/account/sessions", "Where one is signed in"))
		.input(nothing)
		.output(z.object({ items: z.array(sessionSchema) }))
		.query(async ({ ctx }) => ({
			items: await ownSessions(ctx, ctx.user.id, ctx.sessionId),
		})),

	revokeSession: userProcedure
		.meta(
			withScope(
				"DELETE",
				"/account/sessions/{sessionId}",
				"Sign one browser out",
			),
		)
		.input(z.object({ sessionId: z.uuid() }))
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await revokeSession(ctx, ctx.user.id, input.sessionId);
			return ok;
		}),

	revokeOtherSessions: userProcedure
		.meta(
			withScope(
				"POST",
				"/account/sessions/revoke-others",
				"Sign out every browser but this one",
			),
		)
		.input(nothing)
		.output(z.object({ endedSessions: z.number().int() }))
		.mutation(async ({ ctx }) => ({
			endedSessions: await revokeOtherSessions(ctx, ctx.user.id, ctx.sessionId),
		})),

	signIns: userProcedure
		.meta(withScope("GET", "/account/sign-ins", "One's sign-in history"))
		.input(z.object({ ...pageInput, cursor: rowId.optional() }))
		.output(pageOutput(signInSchema))
		.query(({ ctx, input }) => listSignIns(ctx.db, ctx.user.id, input)),

	linkedProviders: userProcedure
		.meta(
			withScope(
				"GET",
				"/account/providers",
				"The providers that one can sign in through",
			),
		)
		.input(nothing)
		.output(
			z.object({
				items: z.array(z.object({ provider: z.string(), linkedAt: z.date() })),
			}),
		)
		.query(async ({ ctx }) => ({
			items: await listProviderAccounts(ctx.db, ctx.user.id),
		})),

	unlinkProvider: userProcedure
		.meta(
			browserOnly(
				"DELETE",
				"/account/providers/{provider}",
				"End the link to a provider",
			),
		)
		.input(z.object({ provider: z.enum(["github", "google", "orcid"]) }))
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await unlinkProvider(ctx.db, ctx.user.id, input.provider);
			return ok;
		}),

	tokens: userProcedure
		.meta(withScope("GET", "/account/tokens", "One's API tokens"))
		.input(nothing)
		.output(
			z.object({
				items: z.array(apiTokenSchema),
				/** What a new one may be given. */
				scopes: z.array(apiScopeSchema),
			}),
		)
		.query(async ({ ctx }) => ({
			items: await listApiTokens(ctx.db, ctx.user.id),
			scopes: scopesOpenTo(ctx.user.accessLevel),
		})),

	createToken: userProcedure
		.meta(
			browserOnly(
				"POST",
				"/account/tokens",
				"Make an API token; its secret is in this answer only",
			),
		)
		.input(
			z.object({
				name: personName,
				scopes: apiScopesInput,
				expiresInDays: expiresInDays.nullable(),
			}),
		)
		.output(apiTokenSchema.extend({ secret: z.string() }))
		.mutation(({ ctx, input }) => createApiToken(ctx, ctx.user, input)),

	revokeToken: userProcedure
		.meta(withScope("DELETE", "/account/tokens/{tokenId}", "Revoke a token"))
		.input(z.object({ tokenId: z.uuid() }))
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await revokeOwnToken(ctx, ctx.user.id, input.tokenId);
			return ok;
		}),

	revokeThisToken: publicProcedure
		.meta(
			signedIn(
				"POST",
				"/account/tokens/revoke-this",
				"Revoke the token that this request carries",
			),
		)
		.input(nothing)
		.output(z.object({ revoked: z.boolean() }))
		.mutation(async ({ ctx }) => {
			if (!ctx.user || !ctx.token) return { revoked: false };
			await revokeOwnToken(ctx, ctx.user.id, ctx.token.id);
			return { revoked: true };
		}),

	export: userProcedure
		.meta(withScope("GET", "/account/export", "All that is kept about oneself"))
		.input(nothing)
		.output(z.record(z.string(), z.unknown()))
		.query(({ ctx }) => exportAccount(ctx, ctx.user.id)),
});
