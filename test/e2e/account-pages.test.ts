import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashPassword } from "../../server/accounts/password-hash.ts";
import { aUser } from "../support/factories.ts";
import { findTestBrowser, launchTestBrowser } from "../support/test-browser.ts";
import { testDatabase } from "../support/test-database.ts";
import { testServer } from "../support/test-server.ts";

const executable = findTestBrowser();
const database = testDatabase();
const server = testServer(database, {}, "built");
const password = "correct horse battery";

describe.skipIf(executable === undefined)("accounts in a browser", () => {
	let browser: Browser;
	/** What a page complained about; a page that works complains about nothing. */
	const complaints: string[] = [];
	beforeAll(async () => {
		browser = await launchTestBrowser(executable ?? "");
	});
	afterAll(() => browser?.close());

	/** A window of its own, with its own cookies. */
	async function aWindow(path: string, width = 1280): Promise<Page> {
		const context = await browser.newContext({
			viewport: { width, height: 800 },
			baseURL: server().url,
		});
		const page = await context.newPage();
		page.on("pageerror", ({ message }) => complaints.push(message));
		await page.goto(path);
		return page;
	}

	async function signIn(page: Page, email: string, tried = password) {
		await page.getByLabel("E-mail address").fill(email);
		await page.getByLabel("Password").fill(tried);
		await page.getByRole("button", { name: "Sign in" }).click();
	}

	async function anAccount(accessLevel: number, name: string) {
		const passwordHash = await hashPassword(password);
		return aUser(database.db, { accessLevel, name, passwordHash });
	}

	test("the first super admin is made with the printed address", async () => {
		const address = new URL(server().firstAdminAddress ?? "");
		const page = await aWindow(`${address.pathname}${address.search}`);
		await page.getByLabel("Name").fill("Root");
		await page.getByLabel("E-mail address").fill("root@example.org");
		await page.getByLabel("Password").fill(password);
		await page.getByRole("button", { name: "Make the super admin" }).click();
		await page.waitForURL(({ pathname }) => pathname === "/admin");
		await page.getByRole("link", { name: "People" }).waitFor();
		const again = await aWindow(`${address.pathname}${address.search}`);
		await again.getByText("does not work any more").waitFor();
	});

	test("a stranger signs up, asks to be a researcher, and sees live that an admin agreed", async () => {
		const admin = await anAccount(10, "Decider");
		const adminPage = await aWindow("/sign-in?next=/admin/researcher-requests");
		await signIn(adminPage, admin.email);
		await adminPage.getByText("Nobody waits").waitFor();

		const page = await aWindow("/");
		await page.getByRole("link", { name: "Get started" }).click();
		await page.getByLabel("Name").fill("Emmy Noether");
		await page.getByLabel("E-mail address").fill("emmy@example.org");
		await page.getByLabel("Password").fill(password);
		await page.getByRole("button", { name: "Create the account" }).click();
		await page.waitForURL("**/devices");
		await page.goto("/account/research");
		await page.getByLabel("Affiliation").fill("Göttingen");
		await page
			.getByLabel("What do you want")
			.fill("Invariants, all of them, by brute force.");
		await page.getByRole("button", { name: "Send the request" }).click();

		await adminPage.getByText("Invariants, all of them").waitFor();
		await adminPage.getByRole("button", { name: "Approve" }).click();
		await page.getByText("You are a researcher").waitFor();
	});

	test("a wrong password is told as such, and the right one leads on to where one wanted to go", async () => {
		const owner = await anAccount(30, "Grace");
		const page = await aWindow("/account/tokens");
		await page.getByRole("main").getByRole("link", { name: "Sign in" }).click();
		await signIn(page, owner.email, "not the password");
		await page.getByText("do not fit together").waitFor();
		await signIn(page, owner.email);
		await page.waitForURL("**/account/tokens");
	});

	test("a token is shown once, works, and does not once it is revoked", async () => {
		const owner = await anAccount(30, "Ada");
		const page = await aWindow("/sign-in?next=/account/tokens");
		await signIn(page, owner.email);
		await page.getByRole("button", { name: "New token" }).click();
		await page.getByLabel("Name").fill("a script");
		await page.getByRole("button", { name: "Make the token" }).click();
		const secret = await page.locator("dialog pre").textContent();
		const whoIsIt = async () => {
			const answer = await fetch(`${server().url}/api/v1/account`, {
				headers: { authorization: `Bearer ${secret}` },
			});
			return (await answer.json()).user?.id ?? null;
		};
		expect(await whoIsIt()).toBe(owner.id);
		await page.getByRole("button", { name: "I have kept it" }).click();
		await page.getByRole("button", { name: "Revoke" }).click();
		await page
			.getByRole("dialog")
			.getByRole("button", { name: "Revoke" })
			.click();
		await page.getByRole("cell", { name: "revoked" }).waitFor();
		expect(await page.content()).not.toContain(secret);
		expect(await whoIsIt()).toBeNull();
	});

	test("signing out elsewhere shows there at once", async () => {
		const owner = await anAccount(30, "Hedy");
		const [here, there] = [
			await aWindow("/sign-in?next=/account/security"),
			await aWindow("/sign-in?next=/account"),
		];
		await signIn(there, owner.email);
		await there.getByText("This account").waitFor();
		await signIn(here, owner.email);
		await here
			.getByRole("button", { name: "Sign out everywhere else" })
			.click();
		await there.getByText("Sign in to see this page").waitFor();
		await here.getByRole("button", { name: /Account of/ }).click();
		await here.getByRole("button", { name: "Sign out", exact: true }).click();
		await here.getByRole("link", { name: "Get started" }).waitFor();
	});

	test("an owner who opens the admin pages is told whose they are", async () => {
		const owner = await anAccount(30, "Mallory");
		const page = await aWindow("/sign-in?next=/admin/users");
		await signIn(page, owner.email);
		await page.getByText("This page is for admins").waitFor();
	});

	test("on a phone no page is wider than the screen, and the menu leads everywhere", async () => {
		const admin = await anAccount(10, "Thumbs");
		const page = await aWindow("/sign-in?next=/admin", 360);
		await signIn(page, admin.email);
		await page.waitForURL(({ pathname }) => pathname === "/admin");
		for (const path of [
			"/admin",
			"/admin/users",
			"/account",
			"/account/tokens",
			"/",
		]) {
			await page.goto(path);
			await page.getByRole("button", { name: /Account of/ }).waitFor();
			const overflow = await page.evaluate(
				() => document.documentElement.scrollWidth - window.innerWidth,
			);
			expect(overflow, path).toBeLessThanOrEqual(0);
		}
		await page.getByRole("button", { name: "Menu", exact: true }).click();
		await page.getByRole("link", { name: "Leaderboards" }).first().click();
		await page.waitForURL("**/leaderboards");
	});

	test("no page complained", () => {
		expect(complaints).toEqual([]);
	});
});
