import type { Db } from "../database/db.ts";
import type { Prisma } from "../database/generated/client.ts";

export type AuditSubject =
	| "project"
	| "appVersion"
	| "user"
	| "device"
	| "batch";

export interface AuditRecord {
	/** Who did it; null is the system itself. */
	actorId: string | null;
	/** What was done, in the past tense: `projectApproved`. */
	action: string;
	subjectType: AuditSubject;
	subjectId: string;
	/** What else a reader of the log needs to understand it: the reason, the level before and after. */
	details?: Prisma.InputJsonObject;
}

/**
 * Writes down who with rights did what. Give it the transaction that does the thing, so that neither exists without
 * the other.
 */
export async function writeAuditEntry(
	db: Db,
	record: AuditRecord,
): Promise<void> {
	await db.auditEntry.create({ data: record });
}

export interface AuditFilter {
	subjectType?: AuditSubject | undefined;
	subjectId?: string | undefined;
	actorId?: string | undefined;
}

/** The log, newest first; `cursor` is the `nextCursor` of the page before. */
export async function listAuditEntries(
	db: Db,
	filter: AuditFilter,
	page: { cursor?: string | undefined; limit: number },
) {
	const rows = await db.auditEntry.findMany({
		where: {
			...(filter.subjectType && { subjectType: filter.subjectType }),
			...(filter.subjectId && { subjectId: filter.subjectId }),
			...(filter.actorId && { actorId: filter.actorId }),
			...(page.cursor && { id: { lt: BigInt(page.cursor) } }),
		},
		orderBy: { id: "desc" },
		take: page.limit + 1,
		include: { actor: { select: { id: true, name: true } } },
	});
	const items = rows.slice(0, page.limit);
	const last = rows.length > page.limit ? items.at(-1) : undefined;
	return {
		items: items.map((row) => ({
			id: String(row.id),
			at: row.at,
			actor: row.actor,
			action: row.action,
			subjectType: row.subjectType,
			subjectId: row.subjectId,
			details: row.details as Record<string, unknown>,
		})),
		nextCursor: last ? String(last.id) : undefined,
	};
}
