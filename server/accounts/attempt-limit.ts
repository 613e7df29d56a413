import type { Db } from "../database/db.ts";
import { AppError } from "../errors.ts";
import { sha256Of } from "./secret-code.ts";

/** So many tries in so long a window; the window begins with the first. */
export type AttemptLimit = { max: number; windowMs: number };

const MINUTE_MS = 60_000;

export const SIGN_IN_LIMITS = {
	/** One place guesses one person's password. */
	accountFromAddress: { max: 10, windowMs: 15 * MINUTE_MS },
	/** Many places guess one person's password. High, so that nobody is easily locked out by others. */
	account: { max: 200, windowMs: 60 * MINUTE_MS },
	/** One place guesses at many people. */
	address: { max: 60, windowMs: 15 * MINUTE_MS },
} satisfies Record<string, AttemptLimit>;

export const SIGN_UP_LIMIT: AttemptLimit = {
	max: 60,
	windowMs: 60 * MINUTE_MS,
};

/**
 * Counts a try before it is made, so that a hundred at the same time count as a hundred.
 * @throws AppError tooMany when it is one too many
 */
export async function countAttempt(
	db: Db,
	key: string,
	{ max, windowMs }: AttemptLimit,
	now: Date,
): Promise<void> {
	const endsAt = new Date(now.getTime() + windowMs);
	const [row] = await db.$queryRaw<{ attempts: number; endsAt: Date }[]>`
		INSERT INTO "AttemptCount" AS c ("keySha256", attempts, "endsAt")
		VALUES (${sha256Of(key)}, 1, ${endsAt})
		ON CONFLICT ("keySha256") DO UPDATE SET
			attempts = CASE WHEN c."endsAt" <= ${now} THEN 1 ELSE LEAST(c.attempts + 1, 1000000) END,
			"endsAt" = CASE WHEN c."endsAt" <= ${now} THEN excluded."endsAt" ELSE c."endsAt" END
		RETURNING attempts, "endsAt"`;
	if (!row || row.attempts <= max) return;
	const minutes = Math.max(
		1,
		Math.ceil((row.endsAt.getTime() - now.getTime()) / MINUTE_MS),
	);
	throw new AppError(
		"tooMany",
		`Too many tries. Wait ${minutes === 1 ? "a minute" : `${minutes} minutes`} and try again.`,
	);
}

/** Takes one try back: it succeeded and was no guess. */
export async function forgiveAttempt(db: Db, key: string): Promise<void> {
	await db.attemptCount.updateMany({
		where: { keySha256: sha256Of(key), attempts: { gt: 0 } },
		data: { attempts: { decrement: 1 } },
	});
}

/** Removes windows that are over. */
export async function deleteEndedAttempts(db: Db, now: Date): Promise<void> {
	await db.attemptCount.deleteMany({ where: { endsAt: { lte: now } } });
}
