import type { CurrentUser } from "../accounts/current-user.ts";
import {
	applyToAppVersionsOf,
	appVersionSubmitted,
	appVersionTakenBack,
} from "../app-versions/app-version-transitions.ts";
import { inTransaction } from "../database/db.ts";
import { AppError } from "../errors.ts";
import { getOwnProject } from "../projects/edit-project.ts";
import { lockProject } from "../projects/project-store.ts";
import {
	applyProjectTransition,
	projectSubmitted,
	projectTakenBack,
} from "../projects/project-transitions.ts";
import type { Services } from "../services.ts";

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

function announce({ events }: SubmitServices, projectId: string): void {
	events.publish(`project:${projectId}`, { kind: "changed" });
	events.publish("moderation", { kind: "changed" });
}
