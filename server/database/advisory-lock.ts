import type pg from "pg";

/**
 * Every advisory lock of the network by name: PostgreSQL knows them by number only, and two that share a number wait for
 * each other, or skip each other's work, without any reason that could be found. A number is never changed or used again:
 * two versions of the server may run on one database for a while.
 */
export const ADVISORY_LOCK = {
	/** Shared, by each process that uses the embedded server. */
	databaseInUse: 0x1011,
	/** By whoever migrates; the others wait. */
	migration: 0x1012,
	/** By the tests, while they make their template database. */
	testTemplate: 0x1013,
	/** Shared, by whoever places tasks; alone, by whoever takes back the tasks of something that is not approved any more. */
	placement: 0x1015,
	/** By the one process that trains a model. */
	training: 0x1014,
	/** While the first super admin is looked for and made. */
	firstAdmin: 0x1f57,
} as const;

/**
 * Locks of which there are many, one for each of some thing: the class is the first of two numbers, so that none of them
 * can ever be one of the locks above, which have one.
 */
export const ADVISORY_LOCK_CLASS = {
	/** One for each blob (two blobs may share one, and then wait for each other). */
	blob: 1,
	/** One for each person, with the person's devices: what they may upload is counted and granted in one go. */
	uploadShare: 2,
} as const;

/**
 * Does the work if nobody else in the network is doing it: the lock is the database's and lasts as long as the work, or
 * the connection. Answers undefined, at once, when somebody else holds it.
 */
export async function withAdvisoryLock<T>(
	pool: pg.Pool,
	lock: (typeof ADVISORY_LOCK)[keyof typeof ADVISORY_LOCK],
	work: () => Promise<T>,
): Promise<T | undefined> {
	const client = await pool.connect();
	// A connection that is lost takes the lock with it; the pool is told when it is released.
	let lost: Error | undefined;
	const onError = (error: Error) => {
		lost = error;
	};
	client.on("error", onError);
	try {
		const { rows } = await client.query<{ held: boolean }>(
			"SELECT pg_try_advisory_lock($1) AS held",
			[lock],
		);
		if (!rows[0]?.held) return undefined;
		try {
			return await work();
		} finally {
			if (!lost)
				await client
					.query("SELECT pg_advisory_unlock($1)", [lock])
					.catch((error: Error) => {
						lost = error;
					});
		}
	} finally {
		client.off("error", onError);
		client.release(lost);
	}
}
