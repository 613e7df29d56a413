import { describe, expect, test } from "vitest";
import { browserPortal, PASSWORD } from "../support/browser-portal.ts";
import { findTestBrowser } from "../support/test-browser.ts";

const browser = findTestBrowser();
const portal = browserPortal(browser);

describe.skipIf(browser === undefined)("whoever starts a Lull", () => {
	test("opens the address that was printed, becomes its super admin, and nobody does so a second time", async () => {
		const address = portal.process.firstAdminAddress;
		const { page } = await portal.visitor();
		await page.goto(address);
		await page.getByLabel("Name").fill("Vera Rubin");
		await page.getByLabel("E-mail address").fill("vera@example.org");
		await page.getByLabel("Password").fill(PASSWORD);
		await page.getByRole("button", { name: "Make the super admin" }).click();
		await page.waitForURL("**/admin");
		await page.getByText("Project reviews that wait").waitFor();
		await page.getByRole("button", { name: "Account of Vera Rubin" }).click();
		await page.getByText("super admin").waitFor();

		const stranger = await portal.visitor();
		await stranger.page.goto(address);
		await stranger.page
			.getByText("This address does not work any more")
			.waitFor();
		expect(
			await stranger.page.getByRole("button", { name: /super admin/ }).count(),
		).toBe(0);
		expect(await portal.db.user.count()).toBe(1);
	});
});
