import { afterEach, describe, expect, it } from "vitest";
import type { CurrentUser } from "../../server/accounts/current-user.ts";
import { callAs } from "../support/api-caller.ts";
import { aBatch, aProject, aUser } from "../support/factories.ts";
import { openLivePage } from "../support/live-page.ts";
import { ScriptedDevice } from "../support/scripted-device.ts";
import { testDatabase } from "../support/test-database.ts";
import { testProcesses } from "../support/test-server.ts";
import { until } from "../support/until.ts";

/** The server in three processes, each with one role: people, devices, and what is done when it is due. */
const database = testDatabase();
const processes = testProcesses(database, [
	{ LULL_ROLES: "portal" },
	{ LULL_ROLES: "gateway" },
	{ LULL_ROLES: "loops" },
]);
const server = (index: number) => {
	const found = processes()[index];
	if (!found) throw new Error("There are three processes.");
	return found;
};
const portal = () => server(0);
const gateway = () => server(1);
const loops = () => server(2);

const closers: (() => void)[] = [];
afterEach(() => {
	for (const close of closers.splice(0)) close();
});

type Connect = Parameters<typeof ScriptedDevice.connect>;
async function aDeviceHere(behaviour: Connect[2], options: Connect[3] = {}) {
	const device = await ScriptedDevice.connect(
		database.db,
		gateway().url,
		behaviour,
		options,
	);
	closers.push(() => device.close());
	await until("the device has its list", async () => device.wanted);
	const owner: CurrentUser = await database.db.user.findUniqueOrThrow({
		where: { id: device.ownerId },
	});
	return { device, owner };
}

async function aPageOf(userId: string, topic: string) {
	const page = await openLivePage(portal(), userId);
	closers.push(() => page.close());
	expect(await page.follow(topic)).toEqual({ ok: true });
	return page;
}

const idleDevice = () =>
	aDeviceHere(() => undefined, { offer: { cores: 0, accepting: false } });

describe("a server in three processes", () => {
	it("takes work all the way, from a submission on the portal to credit, while a page watches", async () => {
		const batch = await aBatch(database.db, { units: 10 });
		const page = await aPageOf(batch.submitterId, `batch:${batch.id}`);
		for (let i = 0; i < 2; i++)
			await aDeviceHere(({ parameters }) => String(Number(parameters.n) * 2));
		await until(
			"the batch is done",
			async () =>
				(
					await database.db.batch.findUniqueOrThrow({
						where: { id: batch.id },
					})
				).state === "done",
			30_000,
		);
		expect(await database.db.creditEntry.count()).toBe(20);
		await until("the page has heard of it", async () => page.heard.length > 0);
	});

	it("places what is submitted without waiting for anybody's next look", async () => {
		const researcher = await aUser(database.db, { accessLevel: 20 });
		const project = await aProject(database.db, {
			ownerId: researcher.id,
			state: "approved",
		});
		const { appVersionId } = await aBatch(database.db, { units: 0 });
		await database.db.appVersion.update({
			where: { id: appVersionId },
			data: { projectId: project.id, number: 1 },
		});
		for (let i = 0; i < 2; i++) await aDeviceHere(() => "0");
		const api = callAs(portal().services, researcher);
		const { batchId } = await api.batches.submit({
			appVersionId,
			name: "Ranges",
			source: { kind: "ranges", ranges: [{ name: "n", from: "1", to: "4" }] },
		});
		await until(
			"it is done",
			async () => (await api.batches.get({ batchId })).state === "done",
			30_000,
		);
	});

	it("brings what an owner or an admin wishes to the device within a second", async () => {
		const { device, owner } = await idleDevice();
		const admin = await aUser(database.db, { accessLevel: 10 });
		const wishes: [string, () => Promise<unknown>, boolean][] = [
			[
				"the owner's pause",
				() =>
					callAs(portal().services, owner).devices.pause({
						deviceId: device.id,
					}),
				true,
			],
			[
				"the owner's word to go on",
				() =>
					callAs(portal().services, owner).devices.resume({
						deviceId: device.id,
					}),
				false,
			],
			[
				"the admin's block",
				() =>
					callAs(portal().services, admin).devices.block({
						deviceId: device.id,
						reason: "Too hot.",
					}),
				true,
			],
		];
		for (const [name, wish, paused] of wishes) {
			await wish();
			await until(
				`${name} has reached the device`,
				async () => device.wanted?.paused === paused,
				1_000,
			);
		}
	});

	it("streams a device's samples to a page elsewhere, while it watches and no longer", async () => {
		const { device, owner } = await idleDevice();
		expect(device.wanted?.watch.samples).toBe(false);
		const page = await aPageOf(owner.id, `device:${device.id}`);
		await until(
			"the device is asked for samples",
			async () => device.wanted?.watch.samples === true,
			2_000,
		);
		device.socket.emit("sample", {
			t: Date.now(),
			dutyCpu: 12,
			oursCpu: 0,
			dutyMemory: 1,
			oursMemory: 0,
			diskFreeMiB: 1,
			temperature: null,
			load: 0,
		});
		await until("the sample has arrived", async () =>
			page.heard.some(
				({ event }) => event.kind === "sample" && event.sample.dutyCpu === 12,
			),
		);
		page.socket.emit("unfollow", { topic: `device:${device.id}` });
		await until(
			"the device is told to stop",
			async () => device.wanted?.watch.samples === false,
			2_000,
		);
	});

	it("brings a page a log that is too long for a notice", async () => {
		const batch = await aBatch(database.db, { units: 1 });
		const page = await aPageOf(batch.submitterId, `batch:${batch.id}`);
		const { id: taskId } = await until("there is a task", () =>
			database.db.task
				.findFirst({ where: { batchId: batch.id }, orderBy: { number: "asc" } })
				.then((task) => task ?? undefined),
		);
		// Before any device has it.
		expect(await page.follow(`task:${taskId}`)).toEqual({ ok: true });
		const { device } = await aDeviceHere(() => undefined);
		await until(
			"the device is asked for the log",
			async () => device.wanted?.watch.taskIds.includes(taskId),
			5_000,
		);
		const text = "0123456789".repeat(2_000);
		device.socket.emit("log", { taskId, stream: "stdout", offset: 0, text });
		const log = await until("the log has arrived", async () =>
			page.heard.find(({ event }) => event.kind === "log"),
		);
		expect(log.event).toEqual({
			kind: "log",
			stream: "stdout",
			offset: 0,
			text,
		});
	});

	it("lets a person's pages fall silent whose rights were taken away in another process", async () => {
		const user = await aUser(database.db);
		const topic = `devicesOf:${user.id}` as const;
		await aPageOf(user.id, topic);
		expect(portal().portal?.followers(topic)).toBe(1);
		await database.db.session.deleteMany({ where: { userId: user.id } });
		loops().services.events.publish(`user:${user.id}`, { kind: "changed" });
		await until(
			"nobody follows any more",
			async () => portal().portal?.followers(topic) === 0,
		);
	});

	it("has its pages ask again after a time without the database's connection", async () => {
		const user = await aUser(database.db);
		const page = await aPageOf(user.id, `devicesOf:${user.id}`);
		const asked = new Promise((resolve) => page.socket.once("resync", resolve));
		await database.pool.query(
			`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
				WHERE application_name = 'lull events' AND datname = current_database()`,
		);
		await asked;
		page.heard.length = 0;
		await until("events come again", async () => {
			gateway().services.events.publish(`devicesOf:${user.id}`, {
				kind: "changed",
			});
			return page.heard.length > 0;
		});
	});

	it("answers operators everywhere, and people and devices where they belong", async () => {
		for (const { url } of processes()) {
			expect((await fetch(`${url}/healthz`)).status).toBe(200);
			expect((await fetch(`${url}/readyz`)).status).toBe(200);
			expect((await fetch(`${url}/metrics`)).status).toBe(200);
		}
		const answers = async (path: string) =>
			Promise.all(
				processes().map(async ({ url }) => (await fetch(url + path)).status),
			);
		expect(await answers("/api/v1/openapi.json")).toEqual([200, 404, 404]);
		expect(await answers("/socket.io/?EIO=4&transport=polling")).toEqual([
			404, 200, 404,
		]);
		expect(await answers("/portal-events/?EIO=4&transport=polling")).toEqual([
			200, 404, 404,
		]);
		const blob = `/blobs/${"0".repeat(64)}`;
		const [portalSays, gatewaySays, loopsSay] = await answers(blob);
		expect(portalSays).toBe(gatewaySays);
		expect(portalSays).not.toBe(404);
		expect(loopsSay).toBe(404);
	});
});
