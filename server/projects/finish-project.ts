import type { CurrentUser } from "../accounts/current-user.ts";
import { writeAuditEntry } from "../audit/audit-store.ts";
import { inTransaction } from "../database/db.ts";
import { AppError } from "../errors.ts";
import type { Services } from "../services.ts";
import { getOwnProject } from "./edit-project.ts";
import { countOpenBatches, lockProject } from "./project-store.ts";
import {
	applyProjectTransition,
	projectFinished,
} from "./project-transitions.ts";

/** Ends a project for good, once none of its batches is open. @throws AppError conflict */
export async function finishProject(
	services: Pick<Services, "db" | "events" | "clock">,
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
	services.events.publish(`project:${id}`, { kind: "changed" });
	services.events.publish("moderation", { kind: "changed" });
}
