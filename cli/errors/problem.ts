import { z } from "zod";

/** Problem details (RFC 9457), as the server sends them and as `--json` prints them. */
export const problemSchema = z.looseObject({
	type: z.string().default("about:blank"),
	title: z.string().default("Error"),
	status: z.number().default(0),
	detail: z.string().default(""),
	issues: z
		.array(z.object({ path: z.array(z.string()), message: z.string() }))
		.optional(),
});
export type Problem = z.infer<typeof problemSchema>;

/** The problem that an answer tells, whatever is in its body: a proxy's HTML page is told as its status. */
export function problemOfAnswer(
	status: number,
	statusText: string,
	body: string,
): Problem {
	const parsed = problemSchema.safeParse(parseJson(body));
	const problem = parsed.success ? parsed.data : problemSchema.parse({});
	const title =
		problem.title === "Error" ? statusText || "Error" : problem.title;
	return {
		...problem,
		title,
		status,
		detail:
			problem.detail ||
			messageIn(body) ||
			`The server answered ${status} ${statusText}`.trim(),
	};
}

/** tRPC's own shape, for errors that were found before any procedure. */
function messageIn(body: string): string | undefined {
	const parsed = z.object({ message: z.string() }).safeParse(parseJson(body));
	return parsed.data?.message;
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
