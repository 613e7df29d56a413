import { z } from "zod";

/** Of the network, of PostgreSQL (shutting down, starting, too many connections) and of Prisma. */
const codes = new Set([
	"ECONNREFUSED",
	"ECONNRESET",
	"EPIPE",
	"ETIMEDOUT",
	"57P01",
	"57P02",
	"57P03",
	"53300",
	"P1001",
	"P1002",
	"P1008",
	"P1017",
	"P2024",
]);

/** Prisma's own words for the same, where it wraps what its adapter met. */
const kinds = new Set([
	"DatabaseNotReachable",
	"ConnectionClosed",
	"SocketTimeout",
	"TooManyConnections",
]);

/** What `pg` says without a code when a connection breaks or none is to be had. */
const sentences =
	/Connection terminated|connection error and is not queryable|timeout exceeded when trying to connect/;

const adapterErrorSchema = z.object({
	driverAdapterError: z.object({
		cause: z.object({
			kind: z.string().optional(),
			originalCode: z.string().optional(),
		}),
	}),
});

/** True when the error only says that the database cannot be reached now: the same will work a little later. */
export function isDatabaseAway(error: unknown): boolean {
	for (let one = error; one instanceof Error; one = one.cause) {
		const { code, meta } = one as { code?: unknown; meta?: unknown };
		if (typeof code === "string" && codes.has(code)) return true;
		if (sentences.test(one.message)) return true;
		const met = adapterErrorSchema.safeParse(meta).data?.driverAdapterError;
		if (met && kinds.has(met.cause.kind ?? "")) return true;
		if (met && codes.has(met.cause.originalCode ?? "")) return true;
	}
	return false;
}
