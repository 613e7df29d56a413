import type { Db } from "../../database/db.ts";
import type { Origin } from "./session-store.ts";

export type SignInMethod = "password" | "github" | "google" | "orcid" | "token";

/** Adds one try to the history of the account. */
export async function recordSignIn(
	db: Db,
	userId: string,
	attempt: { method: SignInMethod; succeeded: boolean; at: Date } & Origin,
): Promise<void> {
	const { method, succeeded, at, address, browser } = attempt;
	await db.signIn.create({
		data: { userId, method, succeeded, at, address, browser },
	});
}

/** The newest first. */
export async function listSignIns(
	db: Db,
	userId: string,
	page: { cursor?: string | undefined; limit: number },
) {
	const rows = await db.signIn.findMany({
		where: { userId, ...(page.cursor && { id: { lt: BigInt(page.cursor) } }) },
		orderBy: { id: "desc" },
		take: page.limit + 1,
	});
	const items = rows.slice(0, page.limit);
	const last = rows.length > page.limit ? items.at(-1) : undefined;
	return {
		items: items.map(({ id, at, method, succeeded, address, browser }) => ({
			id: String(id),
			at,
			method,
			succeeded,
			address,
			browser,
		})),
		nextCursor: last ? String(last.id) : undefined,
	};
}
