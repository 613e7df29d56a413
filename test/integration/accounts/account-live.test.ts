import { io, type Socket } from "socket.io-client";
import { afterEach, describe, expect, test } from "vitest";
import {
	setAccessLevel,
	suspendUser,
} from "../../../server/accounts/manage-users.ts";
import { revokeSession } from "../../../server/accounts/own-account.ts";
import {
	sessionCookieName,
	writeSessionCookie,
} from "../../../server/accounts/session-cookie.ts";
import { createSession } from "../../../server/accounts/session-store.ts";
import type { PortalTopic } from "../../../server/events/portal-event-bus.ts";
import { aUser } from "../../support/factories.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServer } from "../../support/test-server.ts";
import { until } from "../../support/until.ts";

const database = testDatabase();
const server = testServer(database);
const sockets: Socket[] = [];
afterEach(() => {
	for (const socket of sockets.splice(0)) socket.disconnect();
});

/** A page of someone who is signed in, with its live connection. */
async function aPage(accessLevel: number, origin = server().url) {
	const { services } = server();
	const { db, config, secrets } = services;
	const user = await aUser(db, { accessLevel });
	const sessionId = await createSession(
		db,
		user.id,
		{ address: "192.0.2.1", browser: "a test" },
		new Date(),
	);
	const cookie = await writeSessionCookie(sessionId, secrets.authSecret, 600);
	const socket = io(`${server().url}/portal`, {
		transports: ["websocket"],
		forceNew: true,
		extraHeaders: {
			cookie: `${sessionCookieName(config.publicUrl)}=${cookie}`,
			origin,
		},
	});
	sockets.push(socket);
	await new Promise<void>((resolve, reject) => {
		socket.on("connect", resolve);
		socket.on("connect_error", reject);
	});
	const follow = (topic: string) =>
		socket.timeout(5000).emitWithAck("follow", { topic });
	return { user, sessionId, socket, follow };
}

const listeners = (topic: PortalTopic) =>
	server().services.events.listeners(topic);

describe("a page's live connection", () => {
	test("brings what its person may see, and refuses what they may not", async () => {
		const { user, socket, follow } = await aPage(30);
		const other = await aUser(database.db);
		expect(await follow(`devicesOf:${user.id}`)).toEqual({ ok: true });
		for (const topic of [
			`devicesOf:${other.id}`,
			"moderation",
			`user:${other.id}`,
		])
			expect(await follow(topic)).toMatchObject({ code: "notAllowed" });
		const arrived = new Promise((resolve) => socket.once("event", resolve));
		const event = { kind: "changed" } as const;
		server().services.events.publish(`devicesOf:${user.id}`, event);
		expect(await arrived).toEqual({ topic: `devicesOf:${user.id}`, event });
	});

	test("a page of another site listens as nobody, whatever cookie came along", async () => {
		const { user, follow } = await aPage(0, "https://evil.example");
		expect(await follow(`devicesOf:${user.id}`)).toMatchObject({
			code: "notAllowed",
		});
	});

	test("falls silent when its session is revoked", async () => {
		const { user, sessionId, follow } = await aPage(30);
		const topic = `devicesOf:${user.id}` as const;
		await follow(topic);
		expect(listeners(topic)).toBe(1);
		await revokeSession(server().services, user.id, sessionId);
		await until("nobody follows any more", async () => listeners(topic) === 0);
		expect(await follow(topic)).toMatchObject({ code: "notAllowed" });
	});

	test("falls silent when its person is suspended", async () => {
		const { user, follow } = await aPage(30);
		const boss = await aUser(database.db, { accessLevel: 0 });
		const topic = `devicesOf:${user.id}` as const;
		await follow(topic);
		await suspendUser(server().services, boss.id, user.id, "Spam.");
		await until("nobody follows any more", async () => listeners(topic) === 0);
	});

	test("loses what only admins may see when its person is no admin any more, and keeps the rest", async () => {
		const { user, follow } = await aPage(10);
		const boss = await aUser(database.db, { accessLevel: 0 });
		const own = `devicesOf:${user.id}` as const;
		await follow("moderation");
		await follow(own);
		await setAccessLevel(server().services, boss.id, user.id, 30);
		await until(
			"nobody follows any more",
			async () => listeners("moderation") === 0,
		);
		expect(listeners(own)).toBe(1);
	});
});
