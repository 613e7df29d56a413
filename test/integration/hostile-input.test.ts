import { request } from "node:http";
import { TRPCError } from "@trpc/server";
import fc from "fast-check";
import { io } from "socket.io-client";
import { beforeAll, describe, expect, it } from "vitest";
import type { z } from "zod";
import { AGENT_NAMESPACE } from "../../agent/core/protocol.ts";
import { ACCESS_LEVEL } from "../../server/accounts/access-level.ts";
import { appRouter } from "../../server/api/app-router.ts";
import type { Context } from "../../server/api/context.ts";
import { createCallerFactory, errorCodeOf } from "../../server/api/trpc.ts";
import { PAGE_SOCKET_PATH } from "../../server/events/page-socket.ts";
import { countChanges } from "../support/change-counter.ts";
import {
	aBatch,
	aDevice,
	anAppVersion,
	aProject,
	aUser,
} from "../support/factories.ts";
import {
	hostileInput,
	hostileText,
	hostileValue,
} from "../support/hostile-values.ts";
import { ScriptedDevice } from "../support/scripted-device.ts";
import { testDatabase } from "../support/test-database.ts";
import { testServer } from "../support/test-server.ts";

/**
 * At least ten thousand wrong, hostile or enormous inputs: to every procedure as every kind of person, to the HTTP
 * server, and to both kinds of sockets. Each gets a clear error, and what is refused has changed nothing.
 */
const CALLS_PER_PROCEDURE_AND_PERSON = 30;
const HTTP_REQUESTS = 1_500;
const SOCKET_MESSAGES = 1_500;

const database = testDatabase();
const server = testServer(database);
let changes: () => Promise<number>;
let people: { name: string; user: Context["user"] }[];

beforeAll(async () => {
	const { db } = database;
	// Nothing that the server's own loops would move meanwhile: a suspended project, a device that is away.
	const project = await aProject(db, { state: "suspended" });
	const version = await anAppVersion(db, { projectId: project.id });
	await aBatch(db, { appVersionId: version.id, units: 3 });
	await aDevice(db, { state: "offline" });
	people = [
		{ name: "nobody", user: null },
		{ name: "an owner", user: await aUser(db) },
		{
			name: "a researcher",
			user: await aUser(db, { accessLevel: ACCESS_LEVEL.researcher }),
		},
		{
			name: "an admin",
			user: await aUser(db, { accessLevel: ACCESS_LEVEL.admin }),
		},
	];
	changes = await countChanges(database.pool);
});

type AnyProcedure = { _def: { inputs: z.ZodType[]; type: string } };
const procedures = Object.entries(
	appRouter._def.procedures as unknown as Record<string, AnyProcedure>,
);

/** The names that a procedure's input has, of all its alternatives. */
function namesOf(procedure: AnyProcedure): string[] {
	const names = new Set<string>();
	const visit = (schema: unknown) => {
		const def = (schema as { _zod?: { def: Record<string, unknown> } })._zod
			?.def;
		if (!def) return;
		for (const name of Object.keys((def.shape as object | undefined) ?? {}))
			names.add(name);
		for (const option of (def.options as unknown[] | undefined) ?? [])
			visit(option);
		for (const inner of [def.innerType, def.in, def.left, def.right])
			if (inner) visit(inner);
	};
	for (const input of procedure._def.inputs) visit(input);
	return [...names];
}

describe("every procedure", () => {
	const call = async (
		path: string,
		user: Context["user"],
		input: unknown,
	): Promise<string | undefined> => {
		const context: Context = {
			...server().services,
			user,
			token: null,
			sessionId: null,
			address: `192.0.2.${Math.floor(Math.random() * 250)}`,
			browser: "hostile",
		};
		const caller = createCallerFactory(appRouter)(context) as unknown as Record<
			string,
			Record<string, (input: unknown) => Promise<unknown>>
		>;
		const [noun = "", verb = ""] = path.split(".");
		try {
			await caller[noun]?.[verb]?.(input);
			return undefined;
		} catch (error) {
			if (!(error instanceof TRPCError)) throw error;
			const code = errorCodeOf(error);
			return code === "internal"
				? `internal: ${error.cause?.stack ?? error.message}`
				: code;
		}
	};

	it.each(procedures)(
		"%s answers hostile input with a clear error that changes nothing",
		{ timeout: 120_000 },
		async (path, procedure) => {
			for (const { user } of people)
				await fc.assert(
					fc.asyncProperty(hostileInput(namesOf(procedure)), async (input) => {
						const before = await changes();
						const code = await call(path, user, input);
						// What a procedure takes is not hostile to it; what it refuses must leave no trace.
						if (code === undefined) return;
						expect(code).not.toMatch(/^internal/);
						expect(await changes()).toBe(before);
					}),
					{ numRuns: CALLS_PER_PROCEDURE_AND_PERSON },
				);
		},
	);

	it("is called at least ten thousand times in all", () => {
		const calls =
			procedures.length * people.length * CALLS_PER_PROCEDURE_AND_PERSON;
		expect(calls + HTTP_REQUESTS + SOCKET_MESSAGES).toBeGreaterThanOrEqual(
			10_000,
		);
	});
});

describe("the HTTP server", () => {
	const paths = fc.oneof(
		fc.constantFrom(
			"/api/v1/account/sign-up",
			"/api/v1/batches",
			"/api/v1/devices/enroll",
			"/api/v1/nothing",
			"/api/trpc/account.signUp",
			"/api/trpc/a,b,c?batch=1",
			"/api/trpc/devices.list?input=%7B",
			"/api/auth/callback/credentials",
			"/api/auth/signin/../../x",
			"/blobs/../../secrets.json",
			"/blobs/%2e%2e%2fsecrets.json",
			`/blobs/${"0".repeat(64)}`,
			"/blobs/uploads/x",
			"/batches/x/results.zip",
			"/install/AAAA",
			"/install/;rm%20-rf",
			"/downloads/..%2f..%2fpackage.json",
			"/downloads/../package.json",
			"/healthz/../metrics",
			"/%",
			"/%00",
			"//evil.example/",
			"/socket.io/?EIO=9&transport=x",
		),
		hostileText.map(
			(text) => `/${encodeURIComponent(text.toWellFormed()).slice(0, 2000)}`,
		),
		hostileText.map(
			(text) =>
				`/api/v1/devices/${encodeURIComponent(text.toWellFormed()).slice(0, 2000)}`,
		),
		hostileText.map(
			(text) =>
				`/api/v1/batches/${encodeURIComponent(text.toWellFormed()).slice(0, 2000)}`,
		),
	);
	const bodies = fc.oneof(
		fc.constantFrom(
			"",
			"{",
			"null",
			"[]",
			'{"a":',
			"a=b&c=%",
			'{"__proto__":{"x":1}}',
			"\u0000".repeat(1000),
			"x".repeat(3_000_000),
		),
		hostileValue.map((value) => JSON.stringify(value) ?? "undefined"),
	);
	const send = (path: string, method: string, type: string, body: string) =>
		new Promise<{ status: number; type: string; text: string }>(
			(resolve, reject) => {
				const { port } = new URL(server().url);
				const outgoing = request(
					{
						host: "127.0.0.1",
						port,
						path,
						method,
						headers: { "content-type": type },
					},
					(response) => {
						let text = "";
						response.on("data", (chunk) => {
							text += chunk;
						});
						response.on("end", () =>
							resolve({
								status: response.statusCode ?? 0,
								type: String(response.headers["content-type"]),
								text,
							}),
						);
						response.on("error", reject);
					},
				);
				// A server that hangs up on three megabytes it did not want is right to do so.
				outgoing.on("error", (error: NodeJS.ErrnoException) =>
					["EPIPE", "ECONNRESET"].includes(error.code ?? "")
						? resolve({ status: 413, type: "", text: "" })
						: reject(error),
				);
				outgoing.end(method === "GET" || method === "HEAD" ? undefined : body);
			},
		);

	it("never answers with a failure of its own, and stays alive", {
		timeout: 180_000,
	}, async () => {
		await fc.assert(
			fc.asyncProperty(
				paths,
				fc.constantFrom(
					"GET",
					"POST",
					"PATCH",
					"DELETE",
					"PUT",
					"OPTIONS",
					"HEAD",
				),
				fc.constantFrom(
					"application/json",
					"text/plain",
					"application/x-www-form-urlencoded",
					"application/offset+octet-stream",
					"x",
				),
				bodies,
				async (path, method, type, body) => {
					const before = await changes();
					const answer = await send(path, method, type, body);
					expect(
						answer.status,
						`${method} ${path} ${answer.text.slice(0, 300)}`,
					).toBeLessThan(500);
					if (answer.status >= 400) expect(await changes()).toBe(before);
					if (
						answer.status >= 400 &&
						path.startsWith("/api/v1/") &&
						method !== "HEAD" &&
						answer.text
					)
						expect(answer.type).toContain("application/problem+json");
				},
			),
			{ numRuns: HTTP_REQUESTS },
		);
		expect((await fetch(`${server().url}/readyz`)).status).toBe(200);
	});
});

describe("the sockets", () => {
	it("pass over what is not of the protocol, from strangers and from devices", {
		timeout: 120_000,
	}, async () => {
		const stranger = io(`${server().url}${AGENT_NAMESPACE}`, {
			transports: ["websocket"],
			forceNew: true,
		});
		const page = io(server().url, {
			path: PAGE_SOCKET_PATH,
			transports: ["websocket"],
			forceNew: true,
		});
		const device = await ScriptedDevice.connect(
			database.db,
			server().url,
			() => undefined,
			{ offer: { cores: 0 } },
		);
		await expect.poll(() => device.wanted).toBeDefined();
		await database.pool.query(`TRUNCATE "_changes"`);
		const events = fc.constantFrom(
			"authenticate",
			"measurements",
			"offer",
			"progress",
			"log",
			"report",
			"telemetry",
			"sample",
			"guard",
			"look",
			"follow",
			"unfollow",
			"constructor",
			"wanted",
		);
		await fc.assert(
			fc.asyncProperty(
				events,
				fc.array(hostileValue, { maxLength: 3 }),
				fc.constantFrom(0, 1, 2),
				async (event, values, whom) => {
					const socket = [stranger, page, device.socket][whom];
					socket?.emit(event as never, ...(values as never[]));
				},
			),
			{ numRuns: SOCKET_MESSAGES },
		);
		// A device that is still served shows that everything before was, too.
		const served = await ScriptedDevice.connect(
			database.db,
			server().url,
			() => undefined,
			{ offer: { cores: 0 } },
		);
		await expect.poll(() => served.wanted, { timeout: 15_000 }).toBeDefined();
		for (const socket of [stranger, page, device.socket, served.socket])
			socket.disconnect();
		const { rows } = await database.pool.query<{ table: string }>(
			// The server forecasts by itself what a device that is there will do.
			`SELECT DISTINCT "table" FROM "_changes" WHERE "table" <> 'Forecast' ORDER BY "table"`,
		);
		// The device that came last, with its owner, and that devices came and went.
		expect(rows.map(({ table }) => table)).toEqual([
			"Device",
			"DevicePresence",
			"User",
		]);
	});
});
