import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import { afterEach, expect, test } from "vitest";
import { restRoutes } from "../../../server/api/api-routes.ts";
import type { Context } from "../../../server/api/context.ts";
import { AppError } from "../../../server/errors.ts";

let server: Server | undefined;
afterEach(() => new Promise((ended) => server?.close(ended)));

/** Calls REST where nothing can be found out about who asks, because of `failure`. */
async function callFailing(failure: unknown) {
	const lines: Record<string, unknown>[] = [];
	const log = pino(
		{},
		{ write: (line: string) => lines.push(JSON.parse(line)) },
	);
	const routes = restRoutes(async (): Promise<Context> => {
		throw failure;
	}, log);
	server = createServer((request, response) => {
		const path = (request.url ?? "").split("?", 1)[0] ?? "";
		void routes.find(({ matches }) => matches(path))?.handle(request, response);
	});
	await new Promise<void>((ready) => server?.listen(0, "127.0.0.1", ready));
	const { port } = server.address() as AddressInfo;
	const answer = await fetch(
		`http://127.0.0.1:${port}/api/v1/account/sign-in-token`,
		{
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({
				email: "ada@example.org",
				password: "correct horse battery staple",
				tokenName: "laptop",
			}),
		},
	);
	return { status: answer.status, text: await answer.text(), lines };
}

test("A failure that nobody foresaw is logged once, with where and why, as REST's reader is told", async () => {
	const { status, text, lines } = await callFailing(new Error("the disk sang"));
	expect(status).toBe(500);
	expect(text).toContain("It has been logged");
	expect(text).not.toContain("sang");
	expect(lines).toHaveLength(1);
	expect(lines[0]).toMatchObject({
		path: "account.signInToken",
		err: { message: "the disk sang", stack: expect.any(String) },
	});
	expect(JSON.stringify(lines)).not.toMatch(/horse|ada@example/);
});

test("What a caller did wrong is told to the caller and not to the log", async () => {
	const { status, lines } = await callFailing(
		new AppError("notSignedIn", "Sign in first."),
	);
	expect(status).toBe(401);
	expect(lines).toEqual([]);
});
