import { describe, expect, test } from "vitest";
import { browserPortal, PASSWORD } from "../support/browser-portal.ts";
import { findTestBrowser } from "../support/test-browser.ts";

const browser = findTestBrowser();
const portal = browserPortal(browser);

describe.skipIf(browser === undefined)("a person with an account", () => {
	test("is told of a wrong password, and with the right one arrives where they wanted to go", async () => {
		const { email } = await portal.aPerson("Grace Hopper");
		const visitor = await portal.visitor();
		visitor.expectProblem(/callback\/credentials answered 401/);
		const { page } = visitor;
		await visitor.open("/account/tokens");
		await page.getByRole("main").getByRole("link", { name: "Sign in" }).click();
		await page.getByLabel("E-mail address").fill(email);
		await page.getByLabel("Password").fill("not the password");
		await page.getByRole("button", { name: "Sign in" }).click();
		await page.getByText("do not fit together").waitFor();
		await page.getByLabel("Password").fill(PASSWORD);
		await page.getByRole("button", { name: "Sign in" }).click();
		await page.waitForURL(({ pathname }) => pathname === "/account/tokens");

		await visitor.open("/account/sign-ins");
		await page.getByRole("cell", { name: "refused" }).waitFor();
		await page.getByRole("cell", { name: "signed in" }).waitFor();
	});

	test("is shown a token once, which works until it is revoked", async () => {
		const person = await portal.aPerson("Ada Lovelace");
		const { page } = await portal.signedIn(person, "/account/tokens");
		await page.getByRole("button", { name: "New token" }).click();
		await page.getByLabel("Name").fill("a script");
		await page.getByRole("button", { name: "Make the token" }).click();
		const secret = (await page.locator("dialog pre").textContent()) ?? "";
		const whoIsIt = async () => {
			const answer = await fetch(`${portal.url}/api/v1/account`, {
				headers: { authorization: `Bearer ${secret}` },
			});
			return (await answer.json()).user?.id ?? null;
		};
		expect(await whoIsIt()).toBe(person.id);
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

	test("ends a session elsewhere, which shows there at once, and then their own", async () => {
		const person = await portal.aPerson("Hedy Lamarr");
		const there = await portal.signedIn(person, "/account");
		await there.page.getByText("This account").waitFor();
		const { page } = await portal.signedIn(person, "/account/security");
		await page
			.getByRole("button", { name: "Sign out everywhere else" })
			.click();
		await there.page.getByText("Sign in to see this page").waitFor();
		await page.getByRole("button", { name: /Account of/ }).click();
		await page.getByRole("button", { name: "Sign out", exact: true }).click();
		await page.getByRole("link", { name: "Get started" }).waitFor();
	});

	test("is made an admin by a super admin, and finds the admin pages at once", async () => {
		const person = await portal.aPerson("Emmy Noether");
		const theirs = await portal.signedIn(person, "/devices");
		const boss = await portal.aPerson("Root", "superAdmin");
		const { page } = await portal.signedIn(boss, "/admin/users");
		await page.getByLabel("Name or e-mail address").fill("noether");
		await page.getByRole("link", { name: "Emmy Noether" }).click();
		await page.getByRole("button", { name: "Make admin" }).click();
		await page.getByRole("button", { name: "Change the rights" }).click();
		await theirs.page.getByRole("link", { name: "Admin" }).click();
		await theirs.page.getByText("Project reviews that wait").waitFor();
	});

	test("without the rights is told whose the admin pages are", async () => {
		const person = await portal.aPerson("Mallory");
		const { page } = await portal.signedIn(person, "/admin/users");
		await page.getByText("This page is for admins").waitFor();
	});

	test("on a phone sees no page that is wider than the screen, and reaches all from the menu", async () => {
		const admin = await portal.aPerson("Thumbelina", "admin");
		const visitor = await portal.signedIn(admin, "/admin", { phone: true });
		const { page } = visitor;
		for (const path of ["/admin/users", "/account", "/account/tokens", "/"]) {
			await visitor.open(path);
			await page.getByRole("button", { name: /Account of/ }).waitFor();
			const overflow = await page.evaluate(
				() => document.documentElement.scrollWidth - window.innerWidth,
			);
			expect(overflow, path).toBeLessThanOrEqual(0);
		}
		await page.getByRole("button", { name: "Menu", exact: true }).click();
		await page.getByRole("link", { name: "Leaderboards" }).first().click();
		await page.waitForURL(({ pathname }) => pathname === "/leaderboards");
	});
});
