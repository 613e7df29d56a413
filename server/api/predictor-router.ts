import { z } from "zod";
import { getPredictorView } from "../predictor/view/cached-predictor-view.ts";
import { predictorViewSchema } from "../predictor/view/predictor-view.ts";
import { publicProcedure, router } from "./trpc.ts";

export const predictorRouter = router({
	get: publicProcedure
		.meta({
			openapi: {
				method: "GET",
				path: "/predictor",
				tags: ["Public figures"],
				summary:
					"How right the forecasts of the last 30 days were, and what they are made with",
				protect: false,
			},
		})
		.input(z.object({}))
		.output(predictorViewSchema)
		.query(({ ctx }) => getPredictorView(ctx)),
});
