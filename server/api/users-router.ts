import { z } from "zod";
import { ACCESS_LEVEL } from "../accounts/access-level.ts";
import {
	signInSchema,
	userSummarySchema,
} from "../accounts/profile/account-view.ts";
import {
	setAccessLevel,
	suspendUser,
	unsuspendUser,
} from "../accounts/profile/manage-users.ts";
import { listSignIns } from "../accounts/sessions/sign-in-store.ts";
import { getUser, listUsers, userSummary } from "../accounts/user-store.ts";
import { plainText } from "../plain-text.ts";
import { pageInput, pageOutput } from "./cursor-page.ts";
import { restMeta } from "./rest-meta.ts";
import { adminProcedure, router } from "./trpc.ts";

const done = z.object({ ok: z.literal(true) });
const ok = { ok: true } as const;
const userInput = z.object({ userId: z.uuid() });
const accessLevel = z.union([
	z.literal(ACCESS_LEVEL.superAdmin),
	z.literal(ACCESS_LEVEL.admin),
	z.literal(ACCESS_LEVEL.researcher),
	z.literal(ACCESS_LEVEL.owner),
]);

const meta = restMeta("Users", { scope: "moderation" });

export const usersRouter = router({
	list: adminProcedure
		.meta(meta("GET", "/users", "All accounts, the newest first"))
		.input(
			z.object({
				...pageInput,
				cursor: z.uuid().optional(),
				search: plainText(200)
					.optional()
					.describe("Part of the name or e-mail address"),
				level: z
					.enum(["superAdmin", "admin", "researcher", "owner"])
					.optional(),
				state: z.enum(["active", "suspended"]).optional(),
			}),
		)
		.output(
			pageOutput(
				userSummarySchema.extend({
					devices: z.number().int(),
					projects: z.number().int(),
				}),
			),
		)
		.query(({ ctx, input: { search, level, state, ...page } }) =>
			listUsers(
				ctx.db,
				{
					search: search?.trim() || undefined,
					accessLevel: level && ACCESS_LEVEL[level],
					suspended: state && state === "suspended",
				},
				page,
			),
		),

	get: adminProcedure
		.meta(meta("GET", "/users/{userId}", "One account"))
		.input(userInput)
		.output(userSummarySchema)
		.query(async ({ ctx, input }) =>
			userSummary(await getUser(ctx.db, input.userId)),
		),

	signIns: adminProcedure
		.meta(meta("GET", "/users/{userId}/sign-ins", "Someone's sign-in history"))
		.input(
			z.object({
				userId: z.uuid(),
				...pageInput,
				cursor: z
					.string()
					.regex(/^\d{1,18}$/)
					.optional(),
			}),
		)
		.output(pageOutput(signInSchema))
		.query(({ ctx, input: { userId, ...page } }) =>
			listSignIns(ctx.db, userId, page),
		),

	setAccessLevel: adminProcedure
		.meta(
			meta(
				"POST",
				"/users/{userId}/access-level",
				"Give someone another access level, below one's own",
			),
		)
		.input(z.object({ userId: z.uuid(), accessLevel }))
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await setAccessLevel(ctx, ctx.user.id, input.userId, input.accessLevel);
			return ok;
		}),

	suspend: adminProcedure
		.meta(meta("POST", "/users/{userId}/suspend", "Shut an account out"))
		.input(
			z.object({
				userId: z.uuid(),
				reason: plainText(1000).trim().min(1, "is needed"),
			}),
		)
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await suspendUser(ctx, ctx.user.id, input.userId, input.reason);
			return ok;
		}),

	unsuspend: adminProcedure
		.meta(meta("POST", "/users/{userId}/unsuspend", "Let an account in again"))
		.input(userInput)
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await unsuspendUser(ctx, ctx.user.id, input.userId);
			return ok;
		}),
});
