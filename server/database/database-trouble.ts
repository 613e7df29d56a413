import { z } from "zod";

/**
 * What kept the database from doing what it was asked, where it was no fault of the question:
 *
 *   away           it cannot be reached, or is shutting down or starting: the connection is of no use to anybody
 *   noConnection   it is there, but no connection to it was free in time: we are too busy, and so may it be
 *   conflict       two transactions were in each other's way and one was ended: the same again will work
 *   lockTimeout    a row was held by somebody else for too long
 *   tooSlow        a statement or a transaction took longer than it may, or an operator ended it
 */
export type DatabaseTrouble =
	| "away"
	| "noConnection"
	| "conflict"
	| "lockTimeout"
	| "tooSlow";

/** By the code that the network, PostgreSQL or Prisma gives. */
const byCode: Record<string, DatabaseTrouble> = {
	ECONNREFUSED: "away",
	ECONNRESET: "away",
	EPIPE: "away",
	ETIMEDOUT: "away",
	"57P01": "away", // shut down by an operator
	"57P02": "away", // crashed
	"57P03": "away", // starting
	P1001: "away",
	P1002: "away",
	P1008: "away",
	P1017: "away",
	"53300": "noConnection", // it has as many as it takes
	P2024: "noConnection",
	"40P01": "conflict", // deadlock
	"40001": "conflict",
	P2034: "conflict",
	"55P03": "lockTimeout",
	"57014": "tooSlow",
	"25P03": "tooSlow", // idle in a transaction
	P2028: "tooSlow",
};

/** By Prisma's own words for the same, where it wraps what its adapter met. */
const byKind: Record<string, DatabaseTrouble> = {
	DatabaseNotReachable: "away",
	ConnectionClosed: "away",
	SocketTimeout: "away",
	TooManyConnections: "noConnection",
	TransactionWriteConflict: "conflict",
};

/** By what `pg` says without a code, when a connection breaks or none is to be had. */
const bySentence: [RegExp, DatabaseTrouble][] = [
	[/timeout exceeded when trying to connect/, "noConnection"],
	[/Connection terminated|connection error and is not queryable/, "away"],
];

const adapterErrorSchema = z.object({
	driverAdapterError: z.object({
		cause: z.object({
			kind: z.string().optional(),
			originalCode: z.string().optional(),
		}),
	}),
});

/** What the error says of the database; undefined when it is about something else. */
export function databaseTroubleOf(error: unknown): DatabaseTrouble | undefined {
	for (let one = error; one instanceof Error; one = one.cause) {
		const trouble = troubleOf(one);
		if (trouble) return trouble;
	}
	return undefined;
}

function troubleOf(error: Error): DatabaseTrouble | undefined {
	const { code, meta } = error as { code?: unknown; meta?: unknown };
	const met = adapterErrorSchema.safeParse(meta).data?.driverAdapterError.cause;
	return (
		// The database's own code says more than Prisma's, which is the same for many.
		byCode[met?.originalCode ?? ""] ??
		byKind[met?.kind ?? ""] ??
		(typeof code === "string" ? byCode[code] : undefined) ??
		bySentence.find(([words]) => words.test(error.message))?.[1]
	);
}

/** True when the error only says that the database cannot be reached now: the same will work a little later. */
export const isDatabaseAway = (error: unknown): boolean =>
	databaseTroubleOf(error) === "away";

/** True when the database is there, but had no time for us: hurrying would only make it worse. */
export const isDatabaseBusy = (error: unknown): boolean =>
	!["away", undefined].includes(databaseTroubleOf(error));

/** For people. */
const SENTENCES: Record<DatabaseTrouble, string> = {
	away: "The database does not answer now. Try again in a moment.",
	noConnection: "The server is very busy now. Try again in a moment.",
	conflict: "The server is very busy now. Try again in a moment.",
	lockTimeout:
		"Somebody else is changing the same thing, and it takes long. Try again in a moment.",
	tooSlow: "This took longer than it may and was stopped. Try again later.",
};

/** What people are told when the database is away or busy; undefined when the error says neither. */
export function describeDatabaseTrouble(error: unknown): string | undefined {
	const trouble = databaseTroubleOf(error);
	return trouble && SENTENCES[trouble];
}
