import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { browserPortal } from "../support/browser-portal.ts";
import { aProject } from "../support/factories.ts";
import { ScriptedDevice } from "../support/scripted-device.ts";
import { findTestBrowser } from "../support/test-browser.ts";
import { until } from "../support/until.ts";

const browser = findTestBrowser();
const portal = browserPortal(browser);
const devices: ScriptedDevice[] = [];
afterEach(() => {
	for (const device of devices.splice(0)) device.close();
});

/** A device of the person that is connected and takes no tasks. */
async function aConnectedDevice(ownerId: string): Promise<ScriptedDevice> {
	const device = await ScriptedDevice.connect(
		portal.db,
		portal.url,
		() => undefined,
		{ ownerId, offer: { cores: 0 } },
	);
	devices.push(device);
	await until("the device has its list", async () => device.wanted);
	return device;
}

describe.skipIf(browser === undefined)("an owner", () => {
	test("sets rules by pressing and typing; the device has them at once, and again the old ones by Undo", async () => {
		const owner = await portal.aPerson("Ada Lovelace");
		await aProject(portal.db, { name: "Bees of the valley" });
		const device = await aConnectedDevice(owner.id);
		const visitor = await portal.signedIn(owner, `/devices/${device.id}`);
		const { page } = visitor;
		await page.getByRole("link", { name: "Change the rules" }).click();
		await page.getByLabel("Step aside above, percent").fill("0");
		await page.getByRole("button", { name: "Save the rules" }).click();
		await page.getByText("From 1 to 100 percent.").waitFor();

		await page.getByLabel("Step aside above, percent").fill("45");
		await page.getByText("Nights", { exact: true }).click();
		await page.getByLabel("Programs").fill("ffmpeg\nblender");
		await page
			.getByRole("region", { name: "Never for these projects" })
			.getByRole("button", { name: "Add Bees of the valley" })
			.click();
		await page.getByRole("button", { name: "Save the rules" }).click();
		await page.getByText("Saved. The device keeps to it").waitFor();
		await until(
			"the device has the rules",
			async () => device.wanted?.rules?.cpuLimit === 45,
		);
		expect(device.wanted?.rules).toMatchObject({
			hours: [{ from: "22:00", until: "07:00" }],
			programs: ["ffmpeg", "blender"],
			neverProjects: [expect.any(String)],
		});
		await page.getByRole("button", { name: "Undo" }).click();
		await until(
			"the device has the old rules",
			async () => device.wanted?.rules?.cpuLimit === 30,
		);
	});

	test("takes a device back with one press, sees it leave and how soon, and lets it work again", async () => {
		const owner = await portal.aPerson("Mary Somerville");
		const device = await aConnectedDevice(owner.id);
		const visitor = await portal.signedIn(owner, `/devices/${device.id}`);
		const { page } = visitor;
		await page.getByText("Nothing of ours runs", { exact: true }).waitFor();
		await visitor.markPage();
		await page.getByRole("button", { name: "Yours now", exact: true }).click();
		const request = await until(
			"the device has heard",
			async () => device.wanted?.yoursNow ?? undefined,
		);
		await page.getByRole("button", { name: "Leaving…" }).waitFor();
		const done = {
			id: request.id,
			at: new Date().toISOString(),
			action: "remove" as const,
			reason: "yoursNow" as const,
			detail: "You wanted it now.",
			latencyMs: 800,
			taskIds: [],
		};
		const freeze = {
			...done,
			id: randomUUID(),
			at: new Date(Date.now() - 60_000).toISOString(),
			action: "freeze" as const,
			reason: "cpu" as const,
			detail: "CPU 63 % is above your 30 %.",
			latencyMs: 42,
		};
		await device.socket.emitWithAck("guard", { records: [freeze, done] });
		await page.getByText("Gone in 0.8 s").waitFor();
		await page.getByText("CPU 63 % is above your 30 %.").waitFor();
		await page.getByText("42 ms").first().waitFor();
		await page.getByRole("button", { name: "Resume" }).click();
		await until(
			"the device may work again",
			async () => device.wanted?.paused === false,
		);
		await page
			.getByRole("button", { name: "Yours now", exact: true })
			.waitFor();
		expect(await visitor.isMarkedPage()).toBe(true);
	});

	test("says that they need it tonight, and takes it back", async () => {
		const owner = await portal.aPerson("Emmy Noether");
		const device = await aConnectedDevice(owner.id);
		const visitor = await portal.signedIn(owner, `/devices/${device.id}`);
		const { page } = visitor;
		await page.getByRole("button", { name: "Tomorrow morning" }).click();
		await page.getByText(/Noted: .* 06:00 to 12:00/).waitFor();
		expect(await portal.db.ownerNeed.count()).toBe(1);
		await page.getByRole("button", { name: /Take back: / }).click();
		await page.getByText("Taken back.").waitFor();
		expect(await portal.db.ownerNeed.count()).toBe(0);
	});

	test("takes all devices back at once from their list", async () => {
		const owner = await portal.aPerson("Sofja Kowalewskaja");
		const both = [
			await aConnectedDevice(owner.id),
			await aConnectedDevice(owner.id),
		];
		const visitor = await portal.signedIn(owner, "/devices");
		await visitor.page.getByRole("button", { name: "All yours now" }).click();
		await visitor.page.getByText("2 devices yours.").waitFor();
		for (const device of both)
			await until(
				"it has heard",
				async () => device.wanted?.yoursNow ?? undefined,
			);
		await visitor.page.getByRole("button", { name: "Resume all" }).waitFor();
		await visitor.page.getByRole("button", { name: "Undo" }).click();
		for (const device of both)
			await until(
				"it works again",
				async () => device.wanted?.paused === false,
			);
	});
});
