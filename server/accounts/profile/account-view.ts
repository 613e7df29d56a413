import { z } from "zod";
import { apiScopeSchema } from "../api-scope.ts";
import type { UserWithCredit } from "../user-store.ts";

/** What people see of their own account. */
export const ownAccountSchema = z.object({
	id: z.uuid(),
	email: z.string(),
	name: z.string(),
	accessLevel: z.number().int(),
	country: z.string().nullable(),
	showOnLeaderboard: z.boolean(),
	hasPassword: z.boolean(),
	createdAt: z.date(),
	totalCredit: z.number(),
});

export const ownAccount = (
	user: UserWithCredit,
): z.infer<typeof ownAccountSchema> => ({
	id: user.id,
	email: user.email,
	name: user.name,
	accessLevel: user.accessLevel,
	country: user.country,
	showOnLeaderboard: user.showOnLeaderboard,
	hasPassword: user.passwordHash !== null,
	createdAt: user.createdAt,
	totalCredit: user.credit?.total ?? 0,
});

/** What admins see of anyone's account. */
export const userSummarySchema = z.object({
	id: z.uuid(),
	email: z.string(),
	name: z.string(),
	accessLevel: z.number().int(),
	suspendedAt: z.date().nullable(),
	createdAt: z.date(),
	totalCredit: z.number(),
});

export const sessionSchema = z.object({
	id: z.uuid(),
	address: z.string().nullable(),
	browser: z.string().nullable(),
	createdAt: z.date(),
	lastSeenAt: z.date(),
	current: z.boolean().describe("The session that asks"),
});

export const signInSchema = z.object({
	id: z.string(),
	at: z.date(),
	method: z.string().describe("password, github, google, orcid or token"),
	succeeded: z.boolean(),
	address: z.string().nullable(),
	browser: z.string().nullable(),
});

export const apiTokenSchema = z.object({
	id: z.uuid(),
	name: z.string(),
	lastFour: z.string(),
	scopes: z.array(z.string()),
	createdAt: z.date(),
	lastUsedAt: z.date().nullable(),
	expiresAt: z.date().nullable(),
	revokedAt: z.date().nullable(),
});

export const apiScopesInput = z.array(apiScopeSchema).min(1).max(10);

export const researcherRequestSchema = z.object({
	id: z.uuid(),
	affiliation: z.string(),
	plan: z.string(),
	state: z.enum(["pending", "approved", "declined", "withdrawn"]),
	reason: z.string().nullable(),
	createdAt: z.date(),
	decidedAt: z.date().nullable(),
});
