import type { BatchRules } from "@/server/work-units/submit/batch-input";

/** The rules as they are typed. */
export interface RulesDraft {
	quorum: string;
	targetCopies: string;
	maxErrors: string;
	maxTotal: string;
	deadline: string;
	deadlineUnit: "minutes" | "hours" | "days";
	priority: string;
	placement: BatchRules["placement"];
	/** Percent. */
	confidence: string;
	/** Minutes. */
	frozenMinutes: string;
	/** Of one work unit; empty: what the app version says. */
	estimatedOperations: string;
}

export const usualRules: RulesDraft = {
	quorum: "2",
	targetCopies: "2",
	maxErrors: "3",
	maxTotal: "8",
	deadline: "24",
	deadlineUnit: "hours",
	priority: "0",
	placement: "predictive",
	confidence: "90",
	frozenMinutes: "5",
	estimatedOperations: "",
};

const SECONDS = { minutes: 60, hours: 3600, days: 86_400 } as const;

export type RulesErrors = Partial<Record<keyof RulesDraft, string>>;

/** The rules, or what is wrong with them, field by field. */
export function toRules(
	draft: RulesDraft,
): { rules: BatchRules } | { errors: RulesErrors } {
	const quorum = Number(draft.quorum);
	const targetCopies = Number(draft.targetCopies);
	const maxErrors = Number(draft.maxErrors);
	const maxTotal = Number(draft.maxTotal);
	const priority = Number(draft.priority);
	const deadlineSeconds = Math.round(
		Number(draft.deadline) * SECONDS[draft.deadlineUnit],
	);
	const confidence = Number(draft.confidence);
	const frozenMinutes = Number(draft.frozenMinutes);
	const operations = Number(draft.estimatedOperations);
	const errors: RulesErrors = {
		quorum: outside(quorum, 1, 10),
		targetCopies:
			outside(targetCopies, 1, 20) ??
			(targetCopies < quorum ? "At least as many as the quorum." : undefined),
		maxErrors: outside(maxErrors, 0, 100),
		maxTotal:
			outside(maxTotal, 1, 100) ??
			(maxTotal < targetCopies ? "At least as many as the copies." : undefined),
		priority: outside(priority, -100, 100),
		deadline:
			deadlineSeconds >= 60 && deadlineSeconds <= 60 * SECONDS.days
				? undefined
				: "From one minute to 60 days.",
		confidence:
			confidence >= 50 && confidence <= 99.9 ? undefined : "From 50 to 99.9.",
		frozenMinutes:
			draft.frozenMinutes !== "" &&
			frozenMinutes >= 0 &&
			frozenMinutes <= 7 * 24 * 60
				? undefined
				: "From 0 minutes to a week.",
		estimatedOperations:
			draft.estimatedOperations === "" ||
			(operations >= 1 && operations <= 1e18)
				? undefined
				: "A number like 2e9.",
	};
	if (Object.values(errors).some(Boolean)) return { errors };
	return {
		rules: {
			quorum,
			targetCopies,
			maxErrors,
			maxTotal,
			deadlineSeconds,
			priority,
			placement: draft.placement,
			confidence: confidence / 100,
			maxFrozenSeconds: Math.round(frozenMinutes * 60),
			...(draft.estimatedOperations && { estimatedOperations: operations }),
		},
	};
}

const outside = (value: number, from: number, to: number) =>
	Number.isInteger(value) && value >= from && value <= to
		? undefined
		: `A whole number from ${from} to ${to}.`;
