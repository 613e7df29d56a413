import { ACCESS_LEVEL } from "../server/accounts/access-level.ts";
import { hashPassword } from "../server/accounts/password-hash.ts";
import {
	createUser,
	findUserByEmail,
	setPasswordHash,
} from "../server/accounts/user-store.ts";
import { type Db, inTransaction } from "../server/database/db.ts";

export type DemoAccount = {
	role: "super admin" | "admin" | "researcher" | "owner";
	name: string;
	email: string;
	accessLevel: number;
};

/** The people of the demo: one of each role, and three owners, since one owner's devices never check each other alone. */
export const demoAccounts: readonly DemoAccount[] = [
	{
		role: "super admin",
		name: "Vera Rubin",
		email: "vera@demo.lull",
		accessLevel: ACCESS_LEVEL.superAdmin,
	},
	{
		role: "admin",
		name: "Grace Hopper",
		email: "grace@demo.lull",
		accessLevel: ACCESS_LEVEL.admin,
	},
	{
		role: "researcher",
		name: "Emmy Noether",
		email: "emmy@demo.lull",
		accessLevel: ACCESS_LEVEL.researcher,
	},
	...["Ada Lovelace", "Alan Turing", "Mary Somerville"].map((name) => ({
		role: "owner" as const,
		name,
		email: `${name.split(" ", 1)[0]?.toLowerCase()}@demo.lull`,
		accessLevel: ACCESS_LEVEL.owner,
	})),
];

/** Makes the demo's accounts, all with this password. Those that exist keep what they have but for the password. */
export async function seedDemoAccounts(
	db: Db,
	password: string,
): Promise<void> {
	const passwordHash = await hashPassword(password);
	await inTransaction(db, async (transaction) => {
		for (const { name, email, accessLevel } of demoAccounts) {
			const user = await findUserByEmail(transaction, email);
			if (user) await setPasswordHash(transaction, user.id, passwordHash);
			else
				await createUser(transaction, {
					name,
					email,
					accessLevel,
					passwordHash,
				});
		}
	});
}
