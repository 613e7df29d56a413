import type { CurrentUser } from "../accounts/current-user.ts";
import { getAppVersion } from "../app-versions/app-version-store.ts";
import {
	type AppVersionTransition,
	applyAppVersionTransition,
	appVersionRejected,
	appVersionWithdrawn,
} from "../app-versions/app-version-transitions.ts";
import { writeAuditEntry } from "../audit/audit-store.ts";
import { type Db, inTransaction } from "../database/db.ts";
import { AppError } from "../errors.ts";
import {
	mayEditProject,
	mayReviewProject,
} from "../projects/project-access.ts";
import { lockProject } from "../projects/project-store.ts";
import type { Services } from "../services.ts";
import { carryOutSweep } from "../work-units/sweeps/carry-out-sweep.ts";
import { beginSweep } from "../work-units/sweeps/sweep-store.ts";
import { approveVersionIn, type ReviewedVersion } from "./approve-version.ts";

type ReviewServices = Pick<
	Services,
	"db" | "clock" | "events" | "deviceNotices" | "secrets"
>;
type Version = Awaited<ReturnType<typeof getAppVersion>>;

/** Approves and signs a later version of a project that is approved already. @throws AppError notAllowed, conflict */
export async function approveAppVersion(
	services: ReviewServices,
	admin: CurrentUser,
	reviewed: ReviewedVersion,
): Promise<void> {
	const version = await inTransaction(services.db, async (db) => {
		const version = await lockForReview(db, admin, reviewed.appVersionId);
		if (!["approved", "suspended"].includes(version.project.state))
			throw new AppError(
				"conflict",
				"The project itself is not approved yet. Decide on both together.",
			);
		await approveVersionIn(db, services, admin, version.project, reviewed);
		return version;
	});
	announce(services, version);
}

/** Turns a version down for good, with a reason. The project may hand in another one. */
export async function rejectAppVersion(
	services: ReviewServices,
	admin: CurrentUser,
	appVersionId: string,
	reason: string,
): Promise<void> {
	const version = await inTransaction(services.db, async (db) => {
		const version = await lockForReview(db, admin, appVersionId);
		const transition = appVersionRejected(reason, services.clock.now());
		await applyOrRefuse(db, version, transition);
		await audit(db, admin, "appVersionRejected", version, reason);
		return version;
	});
	announce(services, version);
}

/**
 * Takes an approved version out of use, for good: nothing new runs with it, and what runs is taken off the devices. An
 * admin may do it, and the researcher.
 */
export async function withdrawAppVersion(
	services: ReviewServices,
	user: CurrentUser,
	appVersionId: string,
	reason: string,
): Promise<void> {
	const sweep = {
		kind: "giveBackAppVersion",
		subjectId: appVersionId,
	} as const;
	const version = await inTransaction(services.db, async (db) => {
		await beginSweep(db, sweep, services.clock.now());
		const version = await getAppVersion(db, appVersionId);
		const { project } = version;
		if (!mayEditProject(user, project) && !mayReviewProject(user, project))
			throw new AppError("notFound", "There is no such app version.");
		await applyOrRefuse(db, version, appVersionWithdrawn(reason));
		await audit(db, user, "appVersionWithdrawn", version, reason);
		return version;
	});
	await carryOutSweep(services, sweep);
	announce(services, version);
}

async function lockForReview(
	db: Db,
	admin: CurrentUser,
	appVersionId: string,
): Promise<Version> {
	const { projectId } = await getAppVersion(db, appVersionId);
	await lockProject(db, projectId);
	const version = await getAppVersion(db, appVersionId);
	if (!mayReviewProject(admin, version.project))
		throw new AppError(
			"notAllowed",
			"Another admin has to decide on your own project.",
		);
	return version;
}

async function applyOrRefuse(
	db: Db,
	version: Version,
	transition: AppVersionTransition,
): Promise<void> {
	if (await applyAppVersionTransition(db, version.id, transition)) return;
	throw new AppError(
		"conflict",
		`Version ${version.number} is ${version.state}; for this it would have to be ${transition.from.join(" or ")}.`,
	);
}

function audit(
	db: Db,
	actor: CurrentUser,
	action: string,
	version: Version,
	reason: string,
): Promise<void> {
	return writeAuditEntry(db, {
		actorId: actor.id,
		action,
		subjectType: "appVersion",
		subjectId: version.id,
		details: {
			project: version.project.name,
			version: version.number,
			reason,
		},
	});
}

function announce({ events }: ReviewServices, version: Version): void {
	events.publish(`appVersion:${version.id}`, { kind: "changed" });
	events.publish(`project:${version.projectId}`, { kind: "changed" });
	events.publish("moderation", { kind: "changed" });
}
