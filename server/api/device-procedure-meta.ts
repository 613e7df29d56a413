import type { ProcedureMeta } from "./trpc.ts";

/** How a procedure about devices is published; every one of a signed-in person needs the scope `devices`. */
export const deviceMeta = (
	method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
	path: `/${string}`,
	summary: string,
	description = "",
): ProcedureMeta => ({
	openapi: {
		method,
		path,
		tags: ["Devices"],
		summary,
		protect: true,
		...(description && { description }),
	},
	scope: "devices",
});
