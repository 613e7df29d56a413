import type { CurrentUser } from "../accounts/current-user.ts";
import {
	applyToAppVersionsOf,
	appVersionSubmitted,
	appVersionTakenBack,
} from "../app-versions/app-version-transitions.ts";
import { writeAuditEntry } from "../audit/audit-store.ts";
import { inTransaction } from "../database/db.ts";
import { AppError } from "../errors.ts";
import type { Services } from "../services.ts";
import { getOwnProject } from "./edit-project.ts";
import { countOpenBatches, lockProject } from "./project-store.ts";
import {
	applyProjectTransition,
	projectFinished,
	projectSubmitted,
	projectTakenBack,
} from "./project-transitions.ts";

type SubmitServices = Pick<Services, "db" | "events" | "clock">;

/** Hands a draft in for review, with all its versions that are built. @throws AppError conflict */
export async function submitProject(
	services: SubmitServices,
	user: CurrentUser,
	idOrSlug: string,
): Promise<void> {
	const { id } = await getOwnProject(services, user, idOrSlug);
	await inTransaction(services.db, async (db) => {
		await lockProject(db, id);
		const now = services.clock.now();
		if (!(await applyProjectTransition(db, id, projectSubmitted(now))))
			throw new AppError("conflict", "Only a draft can be handed in.");
		if ((await applyToAppVersionsOf(db, id, appVersionSubmitted())) === 0)
			throw new AppError(
				"conflict",
				"The project has no app version that is built. Reviewers need to see what will run.",
			);
	});
	announce(services, id);
}

/** Makes a draft of it again, to change it before anyone has decided. @throws AppError conflict */
export async function takeBackProject(
	services: SubmitServices,
	user: CurrentUser,
	idOrSlug: string,
): Promise<void> {
	const { id } = await getOwnProject(services, user, idOrSlug);
	await inTransaction(services.db, async (db) => {
		await lockProject(db, id);
		if (!(await applyProjectTransition(db, id, projectTakenBack())))
			throw new AppError("conflict", "The project is not waiting for review.");
		await applyToAppVersionsOf(db, id, appVersionTakenBack());
	});
	announce(services, id);
}

/** Ends a project for good, once none of its batches is open. @throws AppError conflict */
export async function finishProject(
	services: SubmitServices,
	user: CurrentUser,
	idOrSlug: string,
): Promise<void> {
	const { id, name } = await getOwnProject(services, user, idOrSlug);
	await inTransaction(services.db, async (db) => {
		// Whoever inserts a batch holds the row as well, so that none slips in between.
		await lockProject(db, id);
		const open = await countOpenBatches(db, id);
		if (open > 0)
			throw new AppError(
				"conflict",
				`${open} of its batches are still open. Cancel them or let them end first.`,
			);
		const now = services.clock.now();
		if (!(await applyProjectTransition(db, id, projectFinished(now))))
			throw new AppError(
				"conflict",
				"Only a project that is approved or suspended can be finished.",
			);
		await writeAuditEntry(db, {
			actorId: user.id,
			action: "projectFinished",
			subjectType: "project",
			subjectId: id,
			details: { project: name },
		});
	});
	announce(services, id);
}

function announce({ events }: SubmitServices, projectId: string): void {
	events.publish(`project:${projectId}`, { kind: "changed" });
	events.publish("moderation", { kind: "changed" });
}
