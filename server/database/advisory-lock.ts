import type pg from "pg";

/**
 * Does the work if nobody else in the network is doing it: the lock is the database's and lasts as long as the work, or
 * the connection. Answers undefined, at once, when somebody else holds it.
 */
export async function withAdvisoryLock<T>(
	pool: pg.Pool,
	lock: number,
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
