import { createAuthenticator } from "../accounts/sign-in/authenticate-request.ts";
import { mountNextAuth } from "../accounts/sign-in/mount-next-auth.ts";
import { restRoutes, trpcRoute } from "../api/api-routes.ts";
import { type ApiServices, createContext } from "../api/context.ts";
import { createAgentInstallRoutes } from "../devices/enrolment/agent-install-routes.ts";
import { type Pages, startPages } from "../http/pages.ts";
import { under } from "../http/route.ts";
import { addCountGauge } from "../metrics.ts";
import {
	createPortalGateway,
	type PortalGateway,
} from "../portal-events/portal-gateway.ts";
import {
	createResultsArchiveRoute,
	isResultsAddress,
} from "../work-units/results/results-archive-route.ts";
import type { ProcessParts, Role } from "./process-parts.ts";

export interface PortalRole extends Role {
	portal: PortalGateway;
}

/** People's end of the server: pages and their events, tRPC, REST, sign-in, downloads. */
export async function createPortalRole(
	{ http, metrics, pageServer, relay }: ProcessParts,
	services: ApiServices,
	pages: "built" | "dev" | "none",
): Promise<PortalRole> {
	const authenticate = createAuthenticator(services);
	const portal = createPortalGateway(
		services,
		pageServer.of("/"),
		relay,
		authenticate,
	);
	addCountGauge(
		metrics,
		"lull_live_pages",
		"Pages connected to this process for live events",
		() => portal.count(),
	);
	const site: Pages | undefined =
		pages === "none" ? undefined : await startPages(pages === "dev");
	const makeContext = (request: Parameters<typeof createContext>[2]) =>
		createContext(services, authenticate, request);
	return {
		portal,
		routes: [
			trpcRoute(makeContext, services.log),
			...restRoutes(makeContext, services.log),
			{ matches: under("/api/auth"), handle: mountNextAuth(services) },
			{
				matches: isResultsAddress,
				handle: createResultsArchiveRoute(services, authenticate),
			},
			...createAgentInstallRoutes(services),
			{
				matches: () => site !== undefined,
				handle: (request, response) => site?.handle(request, response),
			},
		],
		attach: () => void pageServer.attach(http),
		start: () => undefined,
		async stop() {
			portal.stop();
			await site?.stop();
		},
	};
}
