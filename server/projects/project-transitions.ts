import type { Db } from "../database/db.ts";
import type { Prisma } from "../database/generated/client.ts";
import type { ProjectState } from "../database/generated/enums.ts";

/**
 *   draft ── submitted ──► approved ⇄ suspended
 *     ▲          │             └───────────┴──► finished
 *     └──────────┘  rejected, or taken back by the researcher
 *
 * What reviewers read (name, area, impact) can be changed in `draft` only. Tasks run in `approved` only.
 */
export interface ProjectTransition {
	from: readonly ProjectState[];
	to: ProjectState;
	data: Prisma.ProjectUpdateManyMutationInput;
}

export const projectSubmitted = (now: Date): ProjectTransition => ({
	from: ["draft"],
	to: "submitted",
	data: { submittedAt: now, rejectionReason: null },
});

export const projectTakenBack = (): ProjectTransition => ({
	from: ["submitted"],
	to: "draft",
	data: { submittedAt: null },
});

export const projectRejected = (reason: string): ProjectTransition => ({
	from: ["submitted"],
	to: "draft",
	data: { rejectionReason: reason },
});

export const projectApproved = (now: Date): ProjectTransition => ({
	from: ["submitted"],
	to: "approved",
	data: { approvedAt: now, rejectionReason: null },
});

export const projectSuspended = (reason: string): ProjectTransition => ({
	from: ["approved"],
	to: "suspended",
	data: { suspendedReason: reason },
});

export const projectResumed = (): ProjectTransition => ({
	from: ["suspended"],
	to: "approved",
	data: { suspendedReason: null },
});

export const projectFinished = (now: Date): ProjectTransition => ({
	from: ["approved", "suspended"],
	to: "finished",
	data: { finishedAt: now },
});

/** False when the project is not, or no longer, in a state that the transition starts from. Nothing is changed then. */
export async function applyProjectTransition(
	db: Db,
	id: string,
	transition: ProjectTransition,
): Promise<boolean> {
	const { count } = await db.project.updateMany({
		where: { id, state: { in: [...transition.from] } },
		data: { ...transition.data, state: transition.to },
	});
	return count === 1;
}
