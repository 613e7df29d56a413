import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { ACCESS_LEVEL } from "../../server/accounts/access-level.ts";
import { hashPassword } from "../../server/accounts/password-hash.ts";
import type { Db } from "../../server/database/db.ts";
import { launchChromium } from "../../setup/browser/launch-chromium.ts";
import { BrowserVisitor } from "./browser-visitor.ts";
import { aUser } from "./factories.ts";
import { PortalProcess } from "./portal-process.ts";
import { testDatabase } from "./test-database.ts";

/** Of everybody whom `aPerson` makes. */
export const PASSWORD = "correct horse battery";
const failures = join(import.meta.dirname, "..", "..", ".lull-test", "e2e");

type Role = keyof typeof ACCESS_LEVEL;
export type Person = { id: string; name: string; email: string };

/** How someone looks at the portal. */
export interface Look {
	/** A phone, 390 pixels wide; otherwise a desktop. */
	phone?: boolean;
	dark?: boolean;
}

export interface BrowserPortal {
	/** Its database, for what a test is not about. */
	readonly db: Db;
	readonly url: string;
	readonly process: PortalProcess;
	/** A folder of the test file's own, removed after it. */
	readonly folder: string;
	/** Someone opens a browser of their own. */
	visitor(look?: Look): Promise<BrowserVisitor>;
	/** Someone with an account; the password is PASSWORD. */
	aPerson(name: string, role?: Role): Promise<Person>;
	/** Someone with an account signs in and arrives at a page. */
	signedIn(person: Person, path: string, look?: Look): Promise<BrowserVisitor>;
}

/**
 * Gives the test file that calls it the whole portal: the built pages, served by a process of its own from a database
 * of its own, and a real browser. After each test nothing may have gone wrong unseen: no error in a page's console, no
 * failed request, no error in the server's log.
 */
export function browserPortal(
	executable: string | undefined,
	variables: Record<string, string> = {},
): BrowserPortal {
	const database = testDatabase();
	const visitors: BrowserVisitor[] = [];
	let running:
		| { browser: Browser; portal: PortalProcess; folder: string }
		| undefined;
	let passwordHash = "";

	beforeAll(async () => {
		if (!executable) return;
		const folder = await mkdtemp(join(tmpdir(), "lull-e2e-"));
		const [browser, portal, hashed] = await Promise.all([
			launchChromium(executable),
			PortalProcess.start({
				DATABASE_URL: database.url,
				LULL_DATA: join(folder, "data"),
				...variables,
			}),
			hashPassword(PASSWORD),
		]);
		running = { browser, portal, folder };
		passwordHash = hashed;
	});
	afterEach(async ({ task }) => {
		const left = visitors.splice(0);
		const problems = left.flatMap((visitor) => visitor.problems());
		if (task.result?.state === "fail") await keepPictures(task.name, left);
		for (const visitor of left) await visitor.close();
		expect(problems).toEqual([]);
		expect(get().portal.errors()).toEqual([]);
	});
	afterAll(async () => {
		await running?.browser.close();
		await running?.portal.stop();
		if (running) await rm(running.folder, { recursive: true, force: true });
	});

	const get = () => {
		if (!running) throw new Error("The portal is there inside tests only.");
		return running;
	};
	const visitor = async (look: Look = {}) => {
		const { browser, portal } = get();
		const context = await browser.newContext(contextOf(look));
		const made = await BrowserVisitor.arrive(portal.url, context);
		visitors.push(made);
		return made;
	};
	return {
		get db() {
			return database.db;
		},
		get url() {
			return get().portal.url;
		},
		get process() {
			return get().portal;
		},
		get folder() {
			return get().folder;
		},
		visitor,
		aPerson: (name, role = "owner") =>
			aUser(database.db, {
				name,
				email: `${randomUUID().slice(0, 8)}@example.org`,
				passwordHash,
				accessLevel: ACCESS_LEVEL[role],
			}),
		async signedIn(person, path, look) {
			const made = await visitor(look);
			await made.signIn(person.email, PASSWORD, path);
			return made;
		},
	};
}

const contextOf = ({ phone, dark }: Look): BrowserContextOptions => ({
	viewport: phone ? { width: 390, height: 844 } : { width: 1280, height: 900 },
	...(phone && { isMobile: true, hasTouch: true }),
	colorScheme: dark ? "dark" : "light",
	locale: "en",
	// What moves is not what these tests look at.
	reducedMotion: "reduce",
	acceptDownloads: true,
});

/** What each person saw when it failed, for whoever looks into it. */
async function keepPictures(
	name: string,
	visitors: readonly BrowserVisitor[],
): Promise<void> {
	await mkdir(failures, { recursive: true });
	const stem = name.replaceAll(/\W+/g, "-").slice(0, 60);
	for (const [index, { page }] of visitors.entries()) {
		const path = join(failures, `${stem}-${index}.png`);
		await page.screenshot({ path, fullPage: true }).catch(() => undefined);
		console.error(`What visitor ${index} saw at ${page.url()}: ${path}`);
	}
}
