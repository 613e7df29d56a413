import { afterEach, describe, expect, test } from "vitest";
import {
	setAccessLevel,
	suspendUser,
} from "../../../server/accounts/profile/manage-users.ts";
import { revokeSession } from "../../../server/accounts/profile/own-account.ts";
import type { PageTopic } from "../../../server/events/page-events.ts";
import { aUser } from "../../support/factories.ts";
import { type LivePage, openLivePage } from "../../support/live-page.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServer } from "../../support/test-server.ts";
import { until } from "../../support/until.ts";

const database = testDatabase();
const server = testServer(database);
const pages: LivePage[] = [];
afterEach(() => {
	for (const page of pages.splice(0)) page.close();
});

/** A page of someone who is signed in, with its live connection. */
async function aPage(accessLevel: number, origin?: string) {
	const user = await aUser(database.db, { accessLevel });
	const page = await openLivePage(server(), user.id, origin);
	pages.push(page);
	return { user, ...page };
}

const listeners = (topic: PageTopic) => server().portal?.followers(topic);

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
