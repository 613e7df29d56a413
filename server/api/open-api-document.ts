import { generateOpenApiDocument, type OpenAPIObject } from "trpc-to-openapi";
import { ERROR_CODES } from "../errors.ts";
import { appRouter } from "./app-router.ts";

/** The address below which the REST API lives. */
export const REST_PREFIX = "/api/v1";

/** The REST API in OpenAPI 3.1, made from the procedures themselves: it cannot say anything that is not so. */
export function createOpenApiDocument(): OpenAPIObject {
	return generateOpenApiDocument(appRouter, {
		title: "Lull",
		version: "1",
		description: describe(),
		baseUrl: REST_PREFIX,
		securitySchemes: {
			token: {
				type: "http",
				scheme: "bearer",
				description:
					"An API token, made on the account page or by `lull login`.",
			},
		},
	});
}

function describe(): string {
	const rows = Object.entries(ERROR_CODES).map(
		([code, { status, title }]) =>
			`| ${status} | \`urn:lull:problem:${code}\` | ${title} |`,
	);
	return [
		"Volunteer computing in the lulls of devices. Every procedure of the portal, for programs.",
		"",
		"Errors are problem details (RFC 9457): `type` is stable, `detail` is a sentence for people, `issues` names the fields.",
		"",
		"| status | type | meaning |",
		"|---|---|---|",
		...rows,
	].join("\n");
}
