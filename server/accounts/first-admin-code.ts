import { ADVISORY_LOCK } from "../database/advisory-lock.ts";
import { type Db, inTransaction } from "../database/db.ts";
import { AppError } from "../errors.ts";
import type { Services } from "../services.ts";
import { ACCESS_LEVEL } from "./access-level.ts";
import { hashPassword } from "./password-hash.ts";
import { makeSecretCode, sha256Of } from "./secret-code.ts";
import { createUser } from "./user-store.ts";

/** Two processes start, two people press the button: one after the other. */
const lockFirstAdmin = (transaction: Db) =>
	transaction.$executeRaw`SELECT pg_advisory_xact_lock(${ADVISORY_LOCK.firstAdmin})`;

const hasSuperAdmin = async (db: Db): Promise<boolean> =>
	(await db.user.count({
		where: { accessLevel: { lte: ACCESS_LEVEL.superAdmin } },
	})) > 0;

/**
 * The one-time address that makes the first super admin, to be printed at start; undefined when there is one. Each
 * start makes a new code, since the old one is kept only as a hash, and the old one stops working.
 */
export async function ensureFirstAdminCode({
	db,
	config,
	clock,
}: Pick<Services, "db" | "config" | "clock">): Promise<string | undefined> {
	return inTransaction(db, async (transaction) => {
		await lockFirstAdmin(transaction);
		if (await hasSuperAdmin(transaction)) return undefined;
		const code = makeSecretCode();
		await transaction.firstAdminCode.deleteMany({ where: { usedAt: null } });
		await transaction.firstAdminCode.create({
			data: { codeSha256: sha256Of(code), createdAt: clock.now() },
		});
		return `${config.publicUrl}/setup?code=${code}`;
	});
}

/** Whether the code would still make the first super admin. */
export async function isFirstAdminCode(db: Db, code: string): Promise<boolean> {
	const found = await db.firstAdminCode.findUnique({
		where: { codeSha256: sha256Of(code) },
	});
	return found !== null && !found.usedAt && !(await hasSuperAdmin(db));
}

/**
 * Makes the first super admin, once, whoever else tries at the same moment.
 * @throws AppError gone when the code was used or replaced; conflict when the e-mail address has an account
 */
export async function createFirstAdmin(
	{ db, clock }: Pick<Services, "db" | "clock">,
	input: { code: string; email: string; name: string; password: string },
): Promise<{ id: string }> {
	const gone = new AppError(
		"gone",
		"This address has been used or replaced. The server prints a new one when it starts, as long as there is no super admin.",
	);
	// Hashing is slow: nobody makes the server do it without a code.
	if (!(await isFirstAdminCode(db, input.code))) throw gone;
	const passwordHash = await hashPassword(input.password);
	return inTransaction(db, async (transaction) => {
		await lockFirstAdmin(transaction);
		if (await hasSuperAdmin(transaction)) throw gone;
		const { count } = await transaction.firstAdminCode.updateMany({
			where: { codeSha256: sha256Of(input.code), usedAt: null },
			data: { usedAt: clock.now() },
		});
		if (count !== 1) throw gone;
		const { id } = await createUser(transaction, {
			email: input.email,
			name: input.name,
			passwordHash,
			accessLevel: ACCESS_LEVEL.superAdmin,
		});
		return { id };
	});
}
