import { z } from "zod";
import { AppError } from "../../errors.ts";
import { FORECASTER_NAMES } from "./forecaster.ts";
import { forestSchema } from "./forest.ts";

/** Raised when a model of before no longer means the same; older models are trained anew. */
export const MODEL_FORMAT = 1;
const names = z.array(z.string().min(1)).min(1);
const share = z.number().min(0).max(1);

export const scoreSchema = z.object({
	brier: z.number().min(0),
	/** Area under the ROC curve; null when all windows ended alike. */
	auc: share.nullable(),
	windows: z.number().int().min(0),
});

/** Of the windows that were given about `forecast`, the share `held` really did. */
const reliabilitySchema = z.object({
	forecast: share,
	held: share,
	windows: z.number().int().min(0),
});

export const accuracySchema = scoreSchema.extend({
	/** Mean distance of forecast and outcome over tenths of the forecast, weighted by windows. */
	calibrationError: share,
	reliability: z.array(reliabilitySchema),
	/** The simple methods on the same windows. */
	others: z.partialRecord(z.enum(FORECASTER_NAMES), scoreSchema),
});
export type Accuracy = z.infer<typeof accuracySchema>;

/**
 * The pooled model as data: JSON goes in and out. What it holds besides its trees is what is needed to use it rightly
 * (feature names, calibration) and to judge it (its own accuracy on days that it had not seen).
 */
export const modelSchema = z
	.object({
		format: z.literal(MODEL_FORMAT),
		/** ISO time, given by whoever trained it. */
		trainedAt: z.iso.datetime(),
		seed: z.number().int(),
		trainedRows: z.number().int().min(0),
		devices: z.number().int().min(0),
		/** The probability to stay under a limit for a time: log-odds, averaged over the forests. */
		survival: z.object({
			featureNames: names,
			forests: z.array(forestSchema).min(1),
			/** How much of the log-odds a device's own regression has, where it has one. */
			logisticShare: share,
			calibration: z.object({ slope: z.number().min(0), offset: z.number() }),
		}),
		/** The load to come, less the mean of the last hour: a regression, and trees for what it leaves. */
		load: z.object({
			featureNames: names,
			base: z.object({
				minutes: z.array(z.number()),
				weights: z.array(z.array(z.number())),
			}),
			forest: forestSchema,
		}),
		/** A regression for each device that had enough rows, by the device's name. */
		logistic: z.record(
			z.string(),
			z.object({
				mean: z.array(z.number()),
				scale: z.array(z.number()),
				weights: z.array(z.number()),
			}),
		),
		/** Null when there was too little to measure on. */
		accuracy: accuracySchema.nullable(),
	})
	.superRefine((model, context) => {
		const fits = (trees: { feature: number[] }, columns: number) =>
			trees.feature.every((feature) => feature < columns);
		const { survival, load } = model;
		if (
			!survival.forests.every((forest) =>
				fits(forest, survival.featureNames.length),
			) ||
			!fits(load.forest, load.featureNames.length)
		)
			context.addIssue({
				code: "custom",
				message: "A tree asks for a feature that the model does not name.",
			});
	});
export type Model = z.infer<typeof modelSchema>;

/**
 * Reads a stored model.
 * @throws AppError invalidInput when it is of another format or broken; the sentence says where
 */
export function parseModel(data: unknown): Model {
	const { success, data: model, error } = modelSchema.safeParse(data);
	if (success) return model;
	const [issue] = error.issues;
	throw new AppError(
		"invalidInput",
		`This is not a model of format ${MODEL_FORMAT}: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`,
	);
}
