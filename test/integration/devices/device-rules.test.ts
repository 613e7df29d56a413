import { afterEach, describe, expect, test } from "vitest";
import { ownerRulesSchema } from "../../../agent/core/protocol.ts";
import { MOST_OPEN_NEEDS } from "../../../server/devices/rules/owner-need-store.ts";
import { callAs } from "../../support/api-caller.ts";
import { aPerson } from "../../support/device-factory.ts";
import { aDevice, aProject } from "../../support/factories.ts";
import { ScriptedDevice } from "../../support/scripted-device.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServer } from "../../support/test-server.ts";
import { until } from "../../support/until.ts";

const database = testDatabase();
const server = testServer(database);
const connected: ScriptedDevice[] = [];
afterEach(() => {
	for (const device of connected.splice(0)) device.close();
});

async function anOwnersDevice() {
	const owner = await aPerson(database.db);
	const device = await aDevice(database.db, { ownerId: owner.id });
	return {
		owner,
		deviceId: device.id,
		devices: callAs(server().services, owner).devices,
	};
}
const HOUR_MS = 3_600_000;
const inHours = (hours: number) =>
	new Date(Date.now() + hours * HOUR_MS).toISOString();

describe("the rules of a device", () => {
	test("are the defaults until its owner sets others, and again when they are reset", async () => {
		const { devices, deviceId } = await anOwnersDevice();
		const defaults = ownerRulesSchema.parse({});
		expect((await devices.rules({ deviceId })).rules).toEqual(defaults);
		await devices.setRules({ deviceId, rules: { cpuLimit: 50 } });
		expect((await devices.rules({ deviceId })).rules).toEqual({
			...defaults,
			cpuLimit: 50,
		});
		await devices.setRules({ deviceId, rules: {} });
		expect((await devices.rules({ deviceId })).rules).toEqual(defaults);
	});

	test("reach the device as soon as they are set", async () => {
		const owner = await aPerson(database.db);
		const device = await ScriptedDevice.connect(
			database.db,
			server().url,
			() => undefined,
			{ ownerId: owner.id, offer: { cores: 0 } },
		);
		connected.push(device);
		await until("it has its list", async () => device.wanted);
		const nights = { days: [0, 1, 2, 3, 4], from: "22:00", until: "06:00" };
		await callAs(server().services, owner).devices.setRules({
			deviceId: device.id,
			rules: { hours: [nights], programs: ["ffmpeg"] },
		});
		await until(
			"it has the rules",
			async () => device.wanted?.rules?.programs[0] === "ffmpeg",
		);
		expect(device.wanted?.rules?.hours).toEqual([nights]);
	});

	test("name projects by what they are called", async () => {
		const { devices, deviceId } = await anOwnersDevice();
		const wanted = await aProject(database.db, { name: "Bees" });
		const unwanted = await aProject(database.db, { name: "Wasps" });
		await devices.setRules({
			deviceId,
			rules: { projects: [wanted.id], neverProjects: [unwanted.id] },
		});
		const { projects } = await devices.rules({ deviceId });
		expect(projects.map(({ name }) => name)).toEqual(["Bees", "Wasps"]);
	});

	const monday = (from: string, end: string) => ({
		hours: [{ days: [0], from, until: end }],
	});
	test.each([
		["a limit of nothing", { cpuLimit: 0 }, ["cpuLimit"]],
		["a time that is none", monday("8:00", "25:00"), ["hours", 0, "from"]],
		["a stretch without length", monday("08:00", "08:00"), ["hours", 0]],
		["a day that begins at its end", monday("24:00", "06:00"), ["hours", 0]],
		["a program of two lines", { programs: ["a\nb"] }, ["programs", 0]],
		["a text with a NUL", { neverAreas: ["a\u0000"] }, ["neverAreas", 0]],
		["a project that does not exist", { projects: [crypto.randomUUID()] }, []],
	])(
		"are refused with %s, at the field, and stay as they were",
		async (_, rules, path) => {
			const { devices, deviceId } = await anOwnersDevice();
			await devices.setRules({ deviceId, rules: { cpuLimit: 44 } });
			const refusal = await devices.setRules({ deviceId, rules }).then(
				() => undefined,
				(error) => error,
			);
			expect(refusal).toMatchObject({ code: "BAD_REQUEST" });
			const issues = refusal.cause.issues ?? [{ path: refusal.cause.path }];
			expect(issues[0].path).toEqual(
				expect.arrayContaining(["rules", ...path]),
			);
			expect((await devices.rules({ deviceId })).rules.cpuLimit).toBe(44);
		},
	);

	test("name no project that is nobody's business yet", async () => {
		const { devices, deviceId } = await anOwnersDevice();
		const draft = await aProject(database.db, { state: "draft" });
		await expect(
			devices.setRules({ deviceId, rules: { projects: [draft.id] } }),
		).rejects.toMatchObject({ code: "BAD_REQUEST" });
	});

	test("are copied to the owner's other devices and to nobody else's", async () => {
		const { owner, devices, deviceId } = await anOwnersDevice();
		const second = await aDevice(database.db, { ownerId: owner.id });
		const retired = await aDevice(database.db, {
			ownerId: owner.id,
			state: "retired",
		});
		const strangers = await aDevice(database.db);
		await devices.setRules({ deviceId, rules: { cpuLimit: 61 } });
		expect(await devices.copyRules({ deviceId })).toEqual({ changed: 1 });
		expect(await devices.copyRules({ deviceId })).toEqual({ changed: 0 });
		expect((await devices.rules({ deviceId: second.id })).rules.cpuLimit).toBe(
			61,
		);
		for (const { id } of [retired, strangers])
			expect(
				await database.db.device.findUniqueOrThrow({ where: { id } }),
			).toMatchObject({ rules: {} });
	});

	test("are the owner's to set, and nobody else's", async () => {
		const { deviceId } = await anOwnersDevice();
		const stranger = callAs(server().services, await aPerson(database.db));
		await expect(
			stranger.devices.setRules({ deviceId, rules: {} }),
		).rejects.toMatchObject({ code: "NOT_FOUND" });
		await expect(
			stranger.devices.copyRules({ deviceId }),
		).rejects.toMatchObject({ code: "NOT_FOUND" });
	});
});

describe("an owner who will need the device", () => {
	test("says when, sees it, and takes it back", async () => {
		const { devices, deviceId } = await anOwnersDevice();
		const late = { from: inHours(30), until: inHours(31) };
		const soon = { from: inHours(1), until: inHours(7) };
		await devices.addNeed({ deviceId, ...late });
		const need = await devices.addNeed({ deviceId, ...soon });
		expect(await devices.addNeed({ deviceId, ...soon })).toEqual(need);
		const { needs } = await devices.needs({ deviceId });
		expect(needs.map(({ from }) => from.toISOString())).toEqual([
			soon.from,
			late.from,
		]);
		await devices.removeNeed({ deviceId, needId: need.id });
		expect((await devices.needs({ deviceId })).needs).toHaveLength(1);
		await expect(
			devices.removeNeed({ deviceId, needId: need.id }),
		).rejects.toMatchObject({ code: "NOT_FOUND" });
	});

	test.each([
		["ends before it begins", inHours(2), inHours(1)],
		["is over", inHours(-2), inHours(-1)],
		["is years away", inHours(1), inHours(24 * 400)],
	])("is told when the time %s", async (_, from, end) => {
		const { devices, deviceId } = await anOwnersDevice();
		await expect(
			devices.addNeed({ deviceId, from, until: end }),
		).rejects.toMatchObject({ code: "BAD_REQUEST" });
		expect((await devices.needs({ deviceId })).needs).toEqual([]);
	});

	test("can say so a hundred times, also when all are said at once", async () => {
		const { devices, deviceId } = await anOwnersDevice();
		await database.db.ownerNeed.createMany({
			data: Array.from({ length: MOST_OPEN_NEEDS - 1 }, (_, hour) => ({
				deviceId,
				from: inHours(hour + 1),
				until: inHours(hour + 2),
			})),
		});
		const answers = await Promise.allSettled(
			[200, 300, 400].map((hours) =>
				devices.addNeed({
					deviceId,
					from: inHours(hours),
					until: inHours(hours + 1),
				}),
			),
		);
		expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(
			1,
		);
		expect((await devices.needs({ deviceId })).needs).toHaveLength(
			MOST_OPEN_NEEDS,
		);
	});
});
