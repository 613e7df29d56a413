import type { IncomingMessage } from "node:http";
import type { Authenticator, Caller } from "../accounts/current-user.ts";
import type { AppVersionBuilds } from "../app-versions/app-version-builds.ts";
import { clientAddress } from "../http/client-address.ts";
import type { Predictor } from "../predictor/forecast/predictor.ts";
import type { Services } from "../services.ts";

/** What procedures may use. */
export interface ApiServices extends Services {
	builds: AppVersionBuilds;
	predictor: Pick<Predictor, "choiceFor">;
}

/** What every procedure gets: who asks, from where, and the services it may use. */
export interface Context extends ApiServices, Caller {
	/** Where the request came from, for the sign-in history and limits. */
	address: string;
	browser: string;
}

export type ContextFactory = (request: IncomingMessage) => Promise<Context>;

/** The context of one request over HTTP, also for socket handshakes. */
export async function createContext(
	services: ApiServices,
	authenticate: Authenticator,
	request: IncomingMessage,
): Promise<Context> {
	return {
		...services,
		...(await authenticate(request)),
		address: clientAddress(request, services.config.trustedProxies),
		browser: (request.headers["user-agent"] ?? "").slice(0, 300),
	};
}
