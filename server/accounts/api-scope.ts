import { z } from "zod";

/** What an API token may do. `read` opens every query that any scope opens; the others their own queries and changes. */
export const apiScopeSchema = z.enum([
	"read",
	"devices",
	"projects",
	"work",
	"account",
	"moderation",
]);
export type ApiScope = z.infer<typeof apiScopeSchema>;
