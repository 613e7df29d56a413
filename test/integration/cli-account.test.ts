import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { hashPassword } from "../../server/accounts/password-hash.ts";
import { aDevice, aResearcher } from "../support/factories.ts";
import { lullCommand } from "../support/lull-command.ts";
import { testDatabase } from "../support/test-database.ts";
import { testServer } from "../support/test-server.ts";

const database = testDatabase();
const server = testServer(database);
const lull = lullCommand();
const PASSWORD = "a lull in the wind";
let email = "";

beforeAll(async () => {
	const passwordHash = await hashPassword(PASSWORD);
	const user = await aResearcher(database.db, { passwordHash });
	email = user.email;
	await aDevice(database.db, {
		ownerId: user.id,
		name: "attic board",
		draining: true,
	});
});

const login = (...more: string[]) =>
	lull.run("login", "--server", server().url, ...more, {
		ask: async (question, options) => {
			if (question.startsWith("E-mail")) return email;
			expect(options?.hidden).toBe(true);
			return PASSWORD;
		},
	});

test("login asks for address and password and keeps a token that only its owner can read", async () => {
	const outcome = await login();
	expect(outcome).toMatchObject({ code: 0, err: "" });
	expect(outcome.out).toContain(`<${email}>, researcher`);
	const file = join(lull.folder(), "config", "credentials.json");
	expect((await stat(file)).mode & 0o777).toBe(0o600);
	const kept = await readFile(file, "utf8");
	expect(kept).toContain("lull_");
	expect(kept).not.toContain(PASSWORD);
});

test("login takes the password from standard input, and says JSON when it is asked to", async () => {
	const outcome = await lull.run(
		...["login", "--server", server().url, "--email", email],
		...["--password-stdin", "--json"],
		{ readStandardInput: async () => PASSWORD },
	);
	expect(outcome).toMatchObject({ code: 0, err: "" });
	expect(outcome.json()).toMatchObject({
		server: server().url,
		user: { email, accessLevel: 20 },
	});
});

test("a wrong password ends with code 3, a problem on standard error and nothing on standard output", async () => {
	const outcome = await lull.run(
		...["login", "--server", server().url, "--email", email],
		...["--password-stdin", "--json"],
		{ readStandardInput: async () => "a guess" },
	);
	expect(outcome).toMatchObject({ code: 3, out: "" });
	expect(JSON.parse(outcome.err)).toMatchObject({
		type: "urn:lull:problem:notSignedIn",
		status: 401,
	});
});

test("a token that the portal does not know is not kept", async () => {
	const before = await readFile(
		join(lull.folder(), "config", "credentials.json"),
		"utf8",
	);
	const outcome = await login("--token", "lull_nothing");
	expect(outcome).toMatchObject({ code: 3, out: "" });
	expect(
		await readFile(join(lull.folder(), "config", "credentials.json"), "utf8"),
	).toBe(before);
});

test("whoami and device list speak for the one who signed in", async () => {
	await login();
	expect((await lull.run("whoami")).out).toContain(email);
	const devices = await lull.run("device", "list");
	expect(devices.out).toMatch(/attic board +computer +online, draining/);
});

test("LULL_SERVER and LULL_TOKEN stand for a sign-in", async () => {
	await login();
	const kept = JSON.parse(
		await readFile(join(lull.folder(), "config", "credentials.json"), "utf8"),
	) as { servers: Record<string, { token: string }> };
	const env = {
		LULL_SERVER: server().url,
		LULL_TOKEN: kept.servers[server().url]?.token,
	};
	const configFolder = join(lull.folder(), "another");
	expect(await lull.run("whoami", { env, configFolder })).toMatchObject({
		code: 0,
		out: expect.stringContaining(email),
	});
});

test("logout revokes the token and forgets it", async () => {
	await login();
	const kept = JSON.parse(
		await readFile(join(lull.folder(), "config", "credentials.json"), "utf8"),
	) as { servers: Record<string, { token: string }> };
	const token = kept.servers[server().url]?.token ?? "";
	expect(await lull.run("logout")).toMatchObject({ code: 0 });
	expect(await lull.run("whoami", "--server", server().url)).toMatchObject({
		code: 3,
	});
	const env = { LULL_SERVER: server().url, LULL_TOKEN: token };
	expect(await lull.run("project", "list", { env })).toMatchObject({
		code: 3,
		out: "",
	});
});

test("a server that stays away ends with code 6 after some patience", async () => {
	const pauses: number[] = [];
	const outcome = await lull.run(
		...["whoami", "--server", "http://127.0.0.1:9"],
		{
			pause: async (ms) => void pauses.push(ms),
			fetch: () =>
				Promise.reject(
					new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } }),
				),
		},
	);
	expect(outcome).toMatchObject({ code: 6, out: "" });
	expect(outcome.err).toContain(
		"Nothing answers at http://127.0.0.1:9 (ECONNREFUSED).",
	);
	expect(pauses.length).toBeGreaterThan(3);
	expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
});
