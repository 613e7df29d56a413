import { z } from "zod";
import {
	askToBeResearcher,
	withdrawResearcherRequest,
} from "../accounts/ask-to-be-researcher.ts";
import { decideResearcherRequest } from "../accounts/decide-researcher-request.ts";
import { researcherRequestSchema } from "../accounts/profile/account-view.ts";
import {
	listOwnRequests,
	listResearcherRequests,
} from "../accounts/researcher-request-store.ts";
import { lineOfText, plainText } from "../plain-text.ts";
import { pageInput, pageOutput } from "./cursor-page.ts";
import { restMeta } from "./rest-meta.ts";
import { adminProcedure, router, userProcedure } from "./trpc.ts";

const done = z.object({ ok: z.literal(true) });
const ok = { ok: true } as const;
const requestInput = z.object({ requestId: z.uuid() });

const TAG = "Researcher requests";
const asker = restMeta(TAG, { scope: "account" });
const decider = restMeta(TAG, { scope: "moderation" });

const person = z.object({ id: z.uuid(), name: z.string() });

export const researcherRequestsRouter = router({
	ask: userProcedure
		.meta(asker("POST", "/researcher-requests", "Ask to become a researcher"))
		.input(
			z.object({
				affiliation: lineOfText(200).describe("University, institute, or none"),
				plan: plainText(4000)
					.trim()
					.min(20, "tell a little more: at least 20 characters")
					.describe("What is to be computed, and why"),
			}),
		)
		.output(z.object({ id: z.uuid() }))
		.mutation(({ ctx, input }) => askToBeResearcher(ctx, ctx.user.id, input)),

	mine: userProcedure
		.meta(asker("GET", "/researcher-requests/mine", "One's own requests"))
		.input(z.object({}))
		.output(z.object({ items: z.array(researcherRequestSchema) }))
		.query(async ({ ctx }) => ({
			items: await listOwnRequests(ctx.db, ctx.user.id),
		})),

	withdraw: userProcedure
		.meta(
			asker(
				"POST",
				"/researcher-requests/{requestId}/withdraw",
				"Take one's request back",
			),
		)
		.input(requestInput)
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await withdrawResearcherRequest(ctx, ctx.user.id, input.requestId);
			return ok;
		}),

	list: adminProcedure
		.meta(
			decider(
				"GET",
				"/researcher-requests",
				"Requests that wait, or those that were decided",
			),
		)
		.input(
			z.object({
				...pageInput,
				cursor: z.uuid().optional(),
				state: z.enum(["pending", "decided"]).default("pending"),
			}),
		)
		.output(
			pageOutput(
				researcherRequestSchema.extend({
					user: person.extend({ email: z.string(), createdAt: z.date() }),
					decidedBy: person.nullable(),
				}),
			),
		)
		.query(({ ctx, input: { state, ...page } }) =>
			listResearcherRequests(ctx.db, { pending: state === "pending" }, page),
		),

	approve: adminProcedure
		.meta(
			decider(
				"POST",
				"/researcher-requests/{requestId}/approve",
				"Make the person a researcher",
			),
		)
		.input(requestInput)
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await decideResearcherRequest(ctx, ctx.user.id, input.requestId, {
				state: "approved",
			});
			return ok;
		}),

	decline: adminProcedure
		.meta(
			decider(
				"POST",
				"/researcher-requests/{requestId}/decline",
				"Decline, with a reason that the person reads",
			),
		)
		.input(
			z.object({
				requestId: z.uuid(),
				reason: plainText(2000).trim().min(1, "is needed"),
			}),
		)
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await decideResearcherRequest(ctx, ctx.user.id, input.requestId, {
				state: "declined",
				reason: input.reason,
			});
			return ok;
		}),
});
