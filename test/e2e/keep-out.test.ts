import { beforeAll, describe, expect, test } from "vitest";
import {
	browserPortal,
	PASSWORD,
	type Person,
} from "../support/browser-portal.ts";
import type { BrowserVisitor } from "../support/browser-visitor.ts";
import { type Populated, populatePortal } from "../support/populated-portal.ts";
import { findTestBrowser } from "../support/test-browser.ts";

const browser = findTestBrowser();
const portal = browserPortal(browser);

describe.skipIf(browser === undefined)("what is not one's own", () => {
	let owner: Person;
	let others: Populated;
	beforeAll(async () => {
		owner = await portal.aPerson("Ada Lovelace");
		const researcher = await portal.aPerson("Emmy Noether", "researcher");
		others = await populatePortal(portal, researcher);
	});

	test("an owner is told whom the admin pages are for, and no page of them shows or fetches anything", async () => {
		const visitor = await portal.signedIn(owner, "/account");
		const { page } = visitor;
		const menu = page.getByRole("navigation", { name: "Main" });
		expect(await menu.getByRole("link", { name: "Admin" }).count()).toBe(0);
		await visitor.requestsDone();
		const asked = watchProcedures(visitor);
		for (const path of [
			"/admin",
			"/admin/users",
			"/admin/reviews",
			"/admin/researcher-requests",
			"/admin/devices",
			"/admin/log",
			others.account,
		]) {
			await visitor.open(path);
			await page.getByText("This page is for admins").waitFor();
			await visitor.requestsDone();
		}
		// Nobody but oneself was asked about.
		expect([...asked]).toEqual(["account.me"]);
	});

	test("an owner who follows an address to another's device, batch or task finds out nothing about it", async () => {
		const visitor = await portal.signedIn(owner, "/devices");
		const { page } = visitor;
		visitor.expectProblem(/api\/trpc\/\S+ answered (404|207)/);
		for (const path of [
			others.device,
			others.batch,
			others.workUnit,
			others.task,
		]) {
			await visitor.open(path);
			await page
				.locator("#content")
				.getByText(/There is no such/)
				.first()
				.waitFor();
			const text = (await page.locator("#content").textContent()) ?? "";
			expect(text).not.toContain("Untersuchungsausschuss");
		}
	});

	test("a stranger is asked to sign in, and then arrives where they wanted to go", async () => {
		const visitor = await portal.visitor();
		const { page } = visitor;
		const content = page.locator("#content");
		await visitor.open("/account/sign-ins");
		await content.getByText("Sign in to see this page").waitFor();
		await content.getByRole("link", { name: "Sign in" }).click();
		await page.waitForURL("**/sign-in?next=**");

		visitor.expectProblem(/api\/auth\/\S+ answered 401/);
		await visitor.tryToSignIn(owner.email, "not the password");
		await page
			.getByText("The e-mail address and the password do not fit together.")
			.waitFor();
		await visitor.tryToSignIn(owner.email, PASSWORD);
		await page.waitForURL("**/account/sign-ins");
		const history = page.getByRole("table", { name: "Sign-in history" });
		await history.getByText("refused").first().waitFor();
	});

	test("a person who signs out in one window is signed out in all of them", async () => {
		const visitor = await portal.signedIn(owner, "/devices");
		const { page } = visitor;
		await page.getByText("You lend no device yet").waitFor();
		const second = await visitor.openWindow("/devices");
		await second.getByText("You lend no device yet").waitFor();
		await page.getByRole("button", { name: /^Account of/ }).click();
		await page.getByRole("button", { name: "Sign out" }).click();
		await page.waitForURL((url) => url.pathname !== "/devices");
		await second.getByText("Sign in to see this page").waitFor();
	});
});

/** The procedures that a visitor's pages call from here on. */
function watchProcedures({ page }: BrowserVisitor): Set<string> {
	const names = new Set<string>();
	page.on("request", (request) => {
		const [, called] = /\/api\/trpc\/([^?]+)/.exec(request.url()) ?? [];
		for (const name of called?.split(",") ?? []) names.add(name);
	});
	return names;
}
