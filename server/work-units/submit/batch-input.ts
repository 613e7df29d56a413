import { z } from "zod";
import { ACCESS_LEVEL, hasAccess } from "../../accounts/access-level.ts";
import { AppError } from "../../errors.ts";
import { lineOfText } from "../../plain-text.ts";
import { workUnitSourceSchema } from "./work-unit-source.ts";

const DAY_SECONDS = 24 * 60 * 60;
const frozenSecondsSchema = z
	.number()
	.int()
	.min(0)
	.max(7 * DAY_SECONDS);

/** How a batch's work units are replicated, limited and placed. */
export const batchRulesSchema = z.object({
	/** How many results must agree. */
	quorum: z.number().int().min(1).max(10).default(2),
	/** How many tasks are made at first. */
	targetCopies: z.number().int().min(1).max(20).default(2),
	/** More errors than this and the work unit fails. */
	maxErrors: z.number().int().min(0).max(100).default(3),
	/** No more tasks than this are ever made for a work unit. */
	maxTotal: z.number().int().min(1).max(100).default(8),
	/** How long a task may take from its placement to its report. */
	deadlineSeconds: z
		.number()
		.int()
		.min(60)
		.max(60 * DAY_SECONDS)
		.default(DAY_SECONDS),
	/** Higher goes first. */
	priority: z.number().int().min(-100).max(100).default(0),
	placement: z
		.enum(["random", "spread", "binpack", "predictive"])
		.default("predictive"),
	/** Predictive: how likely a task must be to finish before the owner needs the device. */
	confidence: z.number().min(0.5).max(0.999).default(0.9),
	/** How long a task may stand frozen before it is checkpointed and given back. */
	maxFrozenSeconds: frozenSecondsSchema.default(300),
	/** Of one work unit; absent: what the app version says. */
	estimatedOperations: z.number().min(1).max(1e18).optional(),
});
export type BatchRules = z.infer<typeof batchRulesSchema>;

export const submitBatchInput = batchRulesSchema.extend({
	appVersionId: z.uuid(),
	name: lineOfText(120),
	source: workUnitSourceSchema,
	/** The same key never makes a second batch: repeat a submission of which no answer came. */
	submissionKey: z
		.string()
		.regex(
			/^[A-Za-z0-9_-]{8,100}$/,
			"must have 8 to 100 letters, digits, _ or -",
		)
		.optional(),
	/** What clients of version 0.1 call `maxFrozenSeconds`. */
	patienceSeconds: frozenSecondsSchema.optional(),
});
export type SubmitBatchInput = z.infer<typeof submitBatchInput>;

/** What priorities a person may give: researchers cannot shut each other out. */
export const priorityLimit = (accessLevel: number): number =>
	hasAccess(accessLevel, ACCESS_LEVEL.admin) ? 100 : 10;

/** @throws AppError invalidInput, notAllowed: rules that contradict each other or reach too high */
export function demandSoundRules(rules: BatchRules, accessLevel: number): void {
	const { quorum, targetCopies, maxTotal, priority } = rules;
	if (targetCopies < quorum)
		throw new AppError(
			"invalidInput",
			`With ${targetCopies} copies no ${quorum} results can agree: make the copies at least as many as the quorum.`,
			["targetCopies"],
		);
	if (maxTotal < targetCopies)
		throw new AppError(
			"invalidInput",
			`At most ${maxTotal} tasks are fewer than the ${targetCopies} copies that are made at first.`,
			["maxTotal"],
		);
	const limit = priorityLimit(accessLevel);
	if (Math.abs(priority) > limit)
		throw new AppError(
			"notAllowed",
			`You may give priorities from -${limit} to ${limit}.`,
			["priority"],
		);
}
