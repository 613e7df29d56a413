import type { ApiScope } from "../accounts/api-scope.ts";
import type { ProcedureMeta } from "./trpc.ts";

/** Who may call the procedures that are published together; what a procedure demands of a person is its own. */
interface Audience {
	/** The scope that an API token needs. Absent: no token may, only a signed-in browser. */
	scope?: ApiScope;
	/** For people who have not signed in: everything, or what only reads. */
	open?: "all" | "reading";
}

/** Says of one procedure where REST has it, and what it does in a sentence. */
export type PublishAt = (
	method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
	path: `/${string}`,
	summary: string,
	description?: string,
) => ProcedureMeta;

/** How procedures under one heading of `openapi.json` are published as REST. */
export const restMeta =
	(tag: string, { scope, open }: Audience): PublishAt =>
	(method, path, summary, description) => ({
		openapi: {
			method,
			path,
			tags: [tag],
			summary,
			protect: !(open === "all" || (open === "reading" && method === "GET")),
			...(description && { description }),
		},
		...(scope && { scope }),
	});

/** Figures of the whole network, which anyone may read. */
export const publicFigures = restMeta("Public figures", { open: "all" });
