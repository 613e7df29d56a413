import type { CurrentUser } from "../../server/accounts/current-user.ts";
import { appRouter } from "../../server/api/app-router.ts";
import type { ApiServices, Context } from "../../server/api/context.ts";
import { createCallerFactory } from "../../server/api/trpc.ts";

const createCaller = createCallerFactory(appRouter);

/** Calls procedures as `user` would from a browser; null is a stranger. */
export const callAs = (
	services: ApiServices,
	user: CurrentUser | null,
	fields: Partial<Context> = {},
) =>
	createCaller({
		...services,
		user,
		token: null,
		sessionId: null,
		address: "192.0.2.1",
		browser: "a test",
		...fields,
	});
