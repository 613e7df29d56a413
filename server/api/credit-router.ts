import { z } from "zod";
import {
	getCreditOfUser,
	listCreditByDay,
} from "../credit/credit-history-store.ts";
import {
	deviceRankSchema,
	projectRankSchema,
	rankDevices,
	rankProjects,
	rankUsers,
	userRankSchema,
} from "../credit/leaderboard-store.ts";
import { pageOutput } from "./cursor-page.ts";
import { publicFigures, restMeta } from "./rest-meta.ts";
import { publicProcedure, router, userProcedure } from "./trpc.ts";

/** Leaderboards end here: nobody pages through more, and each page costs what is before it. */
const LAST_RANK = 2000;

const rankPageInput = z.object({
	/** How many ranks come before. */
	cursor: z
		.string()
		.regex(/^\d{1,4}$/)
		.optional(),
	limit: z.number().int().min(1).max(200).default(50),
});
const orderInput = rankPageInput.extend({
	order: z
		.enum(["total", "recent"])
		.default("total")
		.describe("All credit ever, or the recent average"),
});

/** A page of ranks, and the cursor of the next one while there may be one. */
async function pageOf<Row>(
	input: z.infer<typeof rankPageInput>,
	list: (page: { skip: number; limit: number }) => Promise<Row[]>,
): Promise<{ items: Row[]; nextCursor?: string }> {
	const skip = Math.min(Number(input.cursor ?? 0), LAST_RANK);
	const items = await list({ skip, limit: input.limit });
	const next = skip + items.length;
	return items.length < input.limit || next >= LAST_RANK
		? { items }
		: { items, nextCursor: String(next) };
}

const own = restMeta("Credit", { scope: "account" });

export const creditRouter = router({
	users: publicProcedure
		.meta(publicFigures("GET", "/leaderboards/users", "People by their credit"))
		.input(orderInput)
		.output(pageOutput(userRankSchema))
		.query(({ ctx, input }) =>
			pageOf(input, (page) =>
				rankUsers(ctx.db, input.order, page, ctx.clock.now()),
			),
		),

	devices: publicProcedure
		.meta(
			publicFigures("GET", "/leaderboards/devices", "Devices by their credit"),
		)
		.input(orderInput)
		.output(pageOutput(deviceRankSchema))
		.query(({ ctx, input }) =>
			pageOf(input, (page) =>
				rankDevices(ctx.db, input.order, page, ctx.clock.now()),
			),
		),

	projects: publicProcedure
		.meta(
			publicFigures(
				"GET",
				"/leaderboards/projects",
				"Projects by their credit",
			),
		)
		.input(rankPageInput)
		.output(pageOutput(projectRankSchema))
		.query(({ ctx, input }) =>
			pageOf(input, (page) => rankProjects(ctx.db, page)),
		),

	mine: userProcedure
		.meta(own("GET", "/credit", "Your credit"))
		.input(z.object({}))
		.output(z.object({ totalCredit: z.number(), recentCredit: z.number() }))
		.query(({ ctx }) => getCreditOfUser(ctx.db, ctx.user.id, ctx.clock.now())),

	history: userProcedure
		.meta(
			own(
				"GET",
				"/credit/history",
				"Your credit by day (UTC), the oldest first",
			),
		)
		.input(z.object({ days: z.number().int().min(1).max(366).default(30) }))
		.output(
			z.object({
				items: z.array(z.object({ day: z.iso.date(), amount: z.number() })),
			}),
		)
		.query(async ({ ctx, input }) => ({
			items: await listCreditByDay(
				ctx.db,
				ctx.user.id,
				input.days,
				ctx.clock.now(),
			),
		})),
});
