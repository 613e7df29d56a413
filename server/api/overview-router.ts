import { z } from "zod";
import { getOverview } from "../overview/cached-overview.ts";
import { overviewSchema } from "../overview/overview-store.ts";
import { publicFigures } from "./rest-meta.ts";
import { publicProcedure, router } from "./trpc.ts";

export const overviewRouter = router({
	get: publicProcedure
		.meta(
			publicFigures(
				"GET",
				"/overview",
				"The network in figures, a few seconds old at the most",
			),
		)
		.input(z.object({}))
		.output(overviewSchema)
		.query(({ ctx }) => getOverview(ctx)),
});
