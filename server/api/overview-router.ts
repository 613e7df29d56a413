import { z } from "zod";
import { getOverview } from "../overview/cached-overview.ts";
import { overviewSchema } from "../overview/overview-store.ts";
import { publicProcedure, router } from "./trpc.ts";

export const overviewRouter = router({
	get: publicProcedure
		.meta({
			openapi: {
				method: "GET",
				path: "/overview",
				tags: ["Public figures"],
				summary: "The network in figures, a few seconds old at the most",
				protect: false,
			},
		})
		.input(z.object({}))
		.output(overviewSchema)
		.query(({ ctx }) => getOverview(ctx)),
});
