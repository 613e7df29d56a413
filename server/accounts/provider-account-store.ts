import type { Db } from "../database/db.ts";
import { inTransaction } from "../database/db.ts";
import { AppError } from "../errors.ts";
import { lockUsers } from "./user-store.ts";

export const listProviderAccounts = (db: Db, userId: string) =>
	db.providerAccount.findMany({
		where: { userId },
		orderBy: { linkedAt: "asc" },
		select: { provider: true, linkedAt: true },
	});

/**
 * Ends the link to a provider.
 * @throws AppError notFound; conflict when it is the only way left to sign in
 */
export async function unlinkProvider(
	db: Db,
	userId: string,
	provider: string,
): Promise<void> {
	await inTransaction(db, async (transaction) => {
		const user = (await lockUsers(transaction, [userId])).get(userId);
		const all = await listProviderAccounts(transaction, userId);
		const others = all.filter((account) => account.provider !== provider);
		if (others.length === all.length)
			throw new AppError("notFound", "This provider is not linked.");
		if (!user?.passwordHash && others.length === 0)
			throw new AppError(
				"conflict",
				"This is the only way you can sign in. Set a password first.",
			);
		await transaction.providerAccount.deleteMany({
			where: { userId, provider },
		});
	});
}
