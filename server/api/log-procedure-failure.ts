import type { TRPCError } from "@trpc/server";
import type { Logger } from "../logger.ts";
import { problemOf } from "./trpc.ts";

/**
 * The one place where what a procedure could not help is logged, for tRPC and REST alike: who reads "It has been
 * logged" can rely on it. Which procedure and what happened; never what came in, which may hold a password.
 */
export const logProcedureFailure =
	(log: Logger) =>
	({ error, path }: { error: TRPCError; path?: string | undefined }): void => {
		if (problemOf(error).status >= 500)
			log.error({ err: error.cause ?? error, path }, "A procedure failed.");
	};
