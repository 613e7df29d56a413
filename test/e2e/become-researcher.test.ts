import { describe, expect, test } from "vitest";
import { browserPortal } from "../support/browser-portal.ts";
import { findTestBrowser } from "../support/test-browser.ts";

const browser = findTestBrowser();
const portal = browserPortal(browser);
const PLAN = "Orbits of small bodies, to see which of them stay for long.";

describe.skipIf(browser === undefined)("an owner who does research", () => {
	test("asks to become a researcher, an admin approves, and the owner's page changes by itself", async () => {
		const owner = await portal.signedIn(
			await portal.aPerson("Mary Somerville"),
			"/account/research",
		);
		const admin = await portal.signedIn(
			await portal.aPerson("Grace Hopper", "admin"),
			"/admin/researcher-requests",
		);
		await admin.page.getByText("Nobody waits").waitFor();
		await owner.markPage();
		await admin.markPage();

		await owner.page.getByLabel("Affiliation").fill("Somerville College");
		await owner.page.getByLabel("What do you want to compute").fill(PLAN);
		await owner.page.getByRole("button", { name: "Send the request" }).click();
		await owner.page.getByText("Your request waits for an admin").waitFor();

		await admin.page.getByRole("link", { name: "Mary Somerville" }).waitFor();
		await admin.page.getByText(PLAN).waitFor();
		await admin.page.getByRole("button", { name: "Approve" }).click();
		await admin.page.getByText("Mary Somerville is a researcher now").waitFor();
		await admin.page.getByText("Nobody waits").waitFor();

		await owner.page.getByText("You are a researcher").waitFor();
		await owner.page.getByRole("link", { name: "Make a project" }).click();
		await owner.page.getByRole("heading", { name: "New project" }).waitFor();
		expect(await owner.isMarkedPage()).toBe(true);
		expect(await admin.isMarkedPage()).toBe(true);
	});

	test("reads the reason when the request is declined, and may ask again", async () => {
		const owner = await portal.signedIn(
			await portal.aPerson("William Herschel"),
			"/account/research",
		);
		await owner.page.getByLabel("Affiliation").fill("none");
		await owner.page.getByLabel("What do you want to compute").fill(PLAN);
		await owner.page.getByRole("button", { name: "Send the request" }).click();
		await owner.page.getByText("Your request waits for an admin").waitFor();

		const { page } = await portal.signedIn(
			await portal.aPerson("Grace Hopper", "admin"),
			"/admin/researcher-requests",
		);
		await page.getByRole("button", { name: "Decline" }).click();
		const dialog = page.getByRole("dialog");
		await dialog.getByLabel("Reason").fill("Say which bodies.");
		await dialog.getByRole("button", { name: "Decline" }).click();

		await owner.page.getByText("Say which bodies.").waitFor();
		await owner.page
			.getByRole("button", { name: "Send the request" })
			.waitFor();
	});
});
