import { ACCESS_LEVEL, hasAccess } from "../accounts/access-level.ts";
import type { CurrentUser } from "../accounts/current-user.ts";
import type { Db } from "../database/db.ts";
import type { PageTopic } from "../events/page-events.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const KINDS = [
	"device",
	"devicesOf",
	"forecast",
	"project",
	"appVersion",
	"batch",
	"workUnit",
	"task",
	"user",
] as const;
type Kind = (typeof KINDS)[number];

/** What a page asks to follow, or undefined when there is no such thing to follow. */
export function parseTopic(text: unknown): PageTopic | undefined {
	if (text === "overview" || text === "moderation") return text;
	if (typeof text !== "string" || text.length > 80) return undefined;
	const [kind, id, ...rest] = text.split(":");
	const known =
		KINDS.includes(kind as Kind) &&
		id !== undefined &&
		UUID.test(id) &&
		rest.length === 0;
	return known ? (text as PageTopic) : undefined;
}

/** True when the person may see what the topic is about: the same answer as the procedures give. */
export async function mayFollow(
	db: Db,
	user: CurrentUser | null,
	topic: PageTopic,
): Promise<boolean> {
	if (topic === "overview") return true;
	const isAdmin =
		user !== null && hasAccess(user.accessLevel, ACCESS_LEVEL.admin);
	if (isAdmin) return true;
	if (topic === "moderation") return false;
	const [kind, id] = topic.split(":") as [Kind, string];
	if (kind === "project") {
		// A public project's page may be followed by anyone.
		const project = await db.project.findUnique({
			where: { id },
			select: { state: true, ownerId: true },
		});
		return (
			project !== null &&
			(project.ownerId === user?.id ||
				["approved", "finished"].includes(project.state))
		);
	}
	return user !== null && (await ownersOf(db, kind, id)).includes(user.id);
}

/** The people whose thing it is: a device's owner, a project's researcher; both of a task. */
async function ownersOf(
	db: Db,
	kind: Exclude<Kind, "project">,
	id: string,
): Promise<(string | null | undefined)[]> {
	const project = {
		select: { project: { select: { ownerId: true } } },
	} as const;
	switch (kind) {
		case "user":
		case "devicesOf":
			return [id];
		case "forecast":
		case "device": {
			const select = { ownerId: true } as const;
			const device = await db.device.findUnique({ where: { id }, select });
			return [device?.ownerId];
		}
		case "appVersion": {
			const version = await db.appVersion.findUnique({
				where: { id },
				...project,
			});
			return [version?.project.ownerId];
		}
		case "batch": {
			const batch = await db.batch.findUnique({ where: { id }, ...project });
			return [batch?.project.ownerId];
		}
		case "workUnit": {
			const unit = await db.workUnit.findUnique({
				where: { id },
				select: { batch: project },
			});
			return [unit?.batch.project.ownerId];
		}
		case "task": {
			const task = await db.task.findUnique({
				where: { id },
				select: { batch: project, device: { select: { ownerId: true } } },
			});
			return [task?.batch.project.ownerId, task?.device?.ownerId];
		}
	}
}
