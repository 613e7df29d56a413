import type { CurrentUser } from "../accounts/current-user.ts";
import {
	applyToAppVersionsOf,
	appVersionTakenBack,
} from "../app-versions/app-version-transitions.ts";
import { writeAuditEntry } from "../audit/audit-store.ts";
import { type Db, inTransaction } from "../database/db.ts";
import { AppError } from "../errors.ts";
import { mayReviewProject } from "../projects/project-access.ts";
import { getProject, lockProject } from "../projects/project-store.ts";
import {
	applyProjectTransition,
	type ProjectTransition,
	projectApproved,
	projectRejected,
	projectResumed,
	projectSuspended,
} from "../projects/project-transitions.ts";
import type { Services } from "../services.ts";
import { carryOutSweep } from "../work-units/sweeps/carry-out-sweep.ts";
import {
	beginSweep,
	type SweepName,
} from "../work-units/sweeps/sweep-store.ts";
import { approveVersionIn, type ReviewedVersion } from "./approve-version.ts";

type ReviewServices = Pick<
	Services,
	"db" | "clock" | "events" | "deviceNotices" | "secrets"
>;

/**
 * Approves a project together with those of its versions that the admin looked at, and signs them. Both are named by
 * what was looked at: when the researcher has changed anything since, nothing happens.
 *
 * @throws AppError notAllowed on one's own project, conflict
 */
export async function approveProject(
	services: ReviewServices,
	admin: CurrentUser,
	input: {
		projectId: string;
		submittedAt: Date;
		appVersions: readonly ReviewedVersion[];
	},
): Promise<void> {
	const now = services.clock.now();
	await inTransaction(services.db, async (db) => {
		const project = await lockForReview(db, admin, input.projectId);
		if (project.submittedAt?.getTime() !== input.submittedAt.getTime())
			throw new AppError(
				"conflict",
				"The project was handed in anew since you looked at it. Look again.",
			);
		await applyOrRefuse(db, project.id, projectApproved(now));
		for (const version of input.appVersions)
			await approveVersionIn(db, services, admin, project, version);
		await writeAuditEntry(db, {
			actorId: admin.id,
			action: "projectApproved",
			subjectType: "project",
			subjectId: project.id,
			details: { project: project.name },
		});
	});
	announce(services, input.projectId);
}

/** Sends a project back to draft with a reason; its versions may be mended and handed in again with it. */
export async function rejectProject(
	services: ReviewServices,
	admin: CurrentUser,
	projectId: string,
	reason: string,
): Promise<void> {
	await decide(services, admin, projectId, {
		transition: projectRejected(reason),
		action: "projectRejected",
		reason,
		also: async (db) => {
			await applyToAppVersionsOf(db, projectId, appVersionTakenBack());
		},
	});
}

/**
 * Stops a project at once: nothing of it is placed any more, and what runs is taken off the devices, chunk by chunk where
 * that is very much.
 */
export async function suspendProject(
	services: ReviewServices,
	admin: CurrentUser,
	projectId: string,
	reason: string,
): Promise<void> {
	const sweep = { kind: "giveBackProject", subjectId: projectId } as const;
	await decide(services, admin, projectId, {
		transition: projectSuspended(reason),
		action: "projectSuspended",
		reason,
		sweep,
	});
	await carryOutSweep(services, sweep);
}

export async function resumeProject(
	services: ReviewServices,
	admin: CurrentUser,
	projectId: string,
): Promise<void> {
	await decide(services, admin, projectId, {
		transition: projectResumed(),
		action: "projectResumed",
	});
}

interface Decision {
	transition: ProjectTransition;
	action: string;
	reason?: string;
	/** What goes with it, in the same transaction. */
	also?: (db: Db) => Promise<void>;
	/** What it begins, to be carried out afterwards. */
	sweep?: SweepName;
}

async function decide(
	services: ReviewServices,
	admin: CurrentUser,
	projectId: string,
	{ transition, action, reason, also, sweep }: Decision,
): Promise<void> {
	await inTransaction(services.db, async (db) => {
		if (sweep) await beginSweep(db, sweep, services.clock.now());
		const project = await lockForReview(db, admin, projectId);
		await applyOrRefuse(db, projectId, transition);
		await also?.(db);
		await writeAuditEntry(db, {
			actorId: admin.id,
			action,
			subjectType: "project",
			subjectId: projectId,
			details: { project: project.name, ...(reason && { reason }) },
		});
	});
	announce(services, projectId);
}

async function lockForReview(db: Db, admin: CurrentUser, projectId: string) {
	await lockProject(db, projectId);
	const project = await getProject(db, projectId);
	if (!mayReviewProject(admin, project))
		throw new AppError(
			"notAllowed",
			"Another admin has to decide on your own project.",
		);
	return project;
}

async function applyOrRefuse(
	db: Db,
	projectId: string,
	transition: ProjectTransition,
): Promise<void> {
	if (await applyProjectTransition(db, projectId, transition)) return;
	const { state } = await getProject(db, projectId);
	throw new AppError(
		"conflict",
		`The project is ${state} now; for this it would have to be ${transition.from.join(" or ")}.`,
	);
}

function announce({ events }: ReviewServices, projectId: string): void {
	events.publish(`project:${projectId}`, { kind: "changed" });
	events.publish("moderation", { kind: "changed" });
}
