import type pg from "pg";

/** Tables that a refused request may write to: they count the refusals, or note that somebody was here. */
const BOOKKEEPING = [
	"AttemptCount",
	"SignIn",
	"_prisma_migrations",
	"_changes",
];

/**
 * Makes the database count every row that is inserted, changed or deleted, in the same transaction: what is rolled back
 * does not count. Answers with a function that tells how many there were.
 */
export async function countChanges(
	pool: pg.Pool,
): Promise<() => Promise<number>> {
	await pool.query(`
		CREATE TABLE "_changes" ("table" text, "what" text);
		CREATE FUNCTION count_change() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN INSERT INTO "_changes" VALUES (TG_TABLE_NAME, TG_OP); RETURN NULL; END $$;`);
	const { rows } = await pool.query<{ name: string }>(
		"SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL($1)",
		[BOOKKEEPING],
	);
	for (const { name } of rows)
		await pool.query(
			`CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE ON "${name}" FOR EACH ROW EXECUTE FUNCTION count_change()`,
		);
	return async () => {
		const { rows } = await pool.query<{ n: number }>(
			'SELECT count(*)::int AS n FROM "_changes"',
		);
		return rows[0]?.n ?? 0;
	};
}
