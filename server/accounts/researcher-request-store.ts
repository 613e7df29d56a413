import type { Db } from "../database/db.ts";
import type {
	ResearcherRequest,
	ResearcherRequestState,
} from "../database/generated/client.ts";

/**
 *   pending ──► approved | declined | withdrawn
 *
 * Leaves `pending` once. False when the request has been decided or withdrawn already: someone else got there first.
 */
export async function closeResearcherRequest(
	db: Db,
	id: string,
	close: {
		state: Exclude<ResearcherRequestState, "pending">;
		at: Date;
		/** Withdrawing: only its own person may. */
		userId?: string;
		decidedById?: string;
		reason?: string | null;
	},
): Promise<boolean> {
	const { count } = await db.researcherRequest.updateMany({
		where: {
			id,
			state: "pending",
			...(close.userId && { userId: close.userId }),
		},
		data: {
			state: close.state,
			decidedAt: close.at,
			decidedById: close.decidedById ?? null,
			reason: close.reason ?? null,
		},
	});
	return count === 1;
}

export const findResearcherRequest = (
	db: Db,
	id: string,
): Promise<ResearcherRequest | null> =>
	db.researcherRequest.findUnique({ where: { id } });

/** The person's own requests, the newest first. */
export const listOwnRequests = (db: Db, userId: string) =>
	db.researcherRequest.findMany({
		where: { userId },
		orderBy: { id: "desc" },
		take: 20,
	});

/** The requests of all people: those that wait, the oldest first; or the decided ones, the newest first. */
export async function listResearcherRequests(
	db: Db,
	{ pending }: { pending: boolean },
	page: { cursor?: string | undefined; limit: number },
) {
	const after = page.cursor && {
		id: pending ? { gt: page.cursor } : { lt: page.cursor },
	};
	const rows = await db.researcherRequest.findMany({
		where: { state: pending ? "pending" : { not: "pending" }, ...after },
		orderBy: { id: pending ? "asc" : "desc" },
		take: page.limit + 1,
		include: {
			user: {
				select: { id: true, name: true, email: true, createdAt: true },
			},
			decidedBy: { select: { id: true, name: true } },
		},
	});
	const items = rows.slice(0, page.limit);
	return {
		items,
		nextCursor: rows.length > page.limit ? items.at(-1)?.id : undefined,
	};
}
