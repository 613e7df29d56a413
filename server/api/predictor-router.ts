import { z } from "zod";
import { getPredictorView } from "../predictor/view/cached-predictor-view.ts";
import { predictorViewSchema } from "../predictor/view/predictor-view.ts";
import { publicFigures } from "./rest-meta.ts";
import { publicProcedure, router } from "./trpc.ts";

export const predictorRouter = router({
	get: publicProcedure
		.meta(
			publicFigures(
				"GET",
				"/predictor",
				"How right the forecasts of the last 30 days were, and what they are made with",
			),
		)
		.input(z.object({}))
		.output(predictorViewSchema)
		.query(({ ctx }) => getPredictorView(ctx)),
});
