import { describe, expect, test } from "vitest";
import { ACCESS_LEVEL } from "../../../server/accounts/access-level.ts";
import { hashEnrolmentCode } from "../../../server/devices/enrolment/enrolment-code.ts";
import { WRONG_CODE_LIMIT } from "../../../server/devices/enrolment/wrong-code-limit.ts";
import { markSilentDevices } from "../../../server/devices/mark-silent-devices-loop.ts";
import { callAs } from "../../support/api-caller.ts";
import {
	aDevice,
	anEnrolRequest,
	aPerson,
} from "../../support/device-factory.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";

const database = testDatabase();
const services = testServices(database);
const anAdmin = () => aPerson(database.db, { accessLevel: ACCESS_LEVEL.admin });
const find = (id: string) =>
	database.db.device.findUniqueOrThrow({ where: { id } });

/** The topics on which something was published while `work` ran. */
async function topicsDuring(work: () => Promise<unknown>): Promise<string[]> {
	const heard: string[] = [];
	const stop = services().events.onAny((topic) => heard.push(topic));
	await work();
	stop();
	return heard;
}

describe("adding a device", () => {
	test("an owner gets a command whose code enrolls a device", async () => {
		const owner = await aPerson(database.db);
		const offer = await callAs(services(), owner).devices.createEnrolmentCode({
			name: "door",
			kind: "camera",
		});
		const { publicUrl } = services().config;
		expect(offer.command).toBe(
			`curl -fsSL ${publicUrl}/install/${offer.code} | sh`,
		);
		expect(offer.expiresAt.getTime() - services().clock.now().getTime()).toBe(
			600_000,
		);
		const request = anEnrolRequest(offer.code);
		const heard = await topicsDuring(async () => {
			const answer = await callAs(services(), null).devices.enroll(request);
			expect(answer).toMatchObject({ owner: owner.name });
			expect(answer.signingKey).toHaveLength(43);
			expect(await find(answer.deviceId)).toMatchObject({ name: "door" });
		});
		expect(heard).toContain(`devicesOf:${owner.id}`);
	});

	test("a stranger gets no code", async () => {
		await expect(
			callAs(services(), null).devices.createEnrolmentCode({}),
		).rejects.toMatchObject({ code: "UNAUTHORIZED" });
	});

	test("an address that tries wrong codes is shut out for ten minutes, others are not", async () => {
		const owner = await aPerson(database.db);
		const guess = () =>
			callAs(services(), null, { address: "198.51.100.7" }).devices.enroll(
				anEnrolRequest("WRNG-WRNG-22"),
			);
		for (let attempt = 0; attempt < WRONG_CODE_LIMIT.max; attempt += 1)
			await expect(guess()).rejects.toMatchObject({ code: "NOT_FOUND" });
		await expect(guess()).rejects.toMatchObject({ code: "TOO_MANY_REQUESTS" });
		const { code } = await callAs(
			services(),
			owner,
		).devices.createEnrolmentCode({});
		await expect(
			callAs(services(), null).devices.enroll(anEnrolRequest(code)),
		).resolves.toMatchObject({ owner: owner.name });
		services().clock.advance(600_001);
		await expect(guess()).rejects.toMatchObject({ code: "NOT_FOUND" });
	});

	test.each([
		["a name with a NUL", { name: "a\u0000b" }],
		["a name of many lines", { name: "a\nb" }],
		["half of a surrogate pair", { name: "\ud800" }],
		["a key of the wrong length", { publicKey: "AAAA" }],
		["an enormous name", { name: "x".repeat(100_000) }],
	])("%s is refused and uses up no code", async (_, fields) => {
		const owner = await aPerson(database.db);
		const { code } = await callAs(
			services(),
			owner,
		).devices.createEnrolmentCode({});
		await expect(
			callAs(services(), null).devices.enroll(anEnrolRequest(code, fields)),
		).rejects.toMatchObject({ code: "BAD_REQUEST" });
		expect(
			await database.db.enrolmentCode.findUnique({
				where: { codeSha256: hashEnrolmentCode(code) },
			}),
		).toMatchObject({ usedAt: null });
	});
});

describe("seeing devices", () => {
	test("owners see their own and nobody else's", async () => {
		const [owner, other] = [
			await aPerson(database.db),
			await aPerson(database.db),
		];
		const device = await aDevice(database.db, { ownerId: owner.id });
		const own = await callAs(services(), owner).devices.list({});
		expect(own.items.map(({ id }) => id)).toEqual([device.id]);
		expect((await callAs(services(), other).devices.list({})).items).toEqual(
			[],
		);
		const deviceId = device.id;
		const { devices } = callAs(services(), other);
		for (const call of [
			() => devices.get({ deviceId }),
			() => devices.telemetry({ deviceId }),
			() => devices.tasks({ deviceId }),
			() => devices.pause({ deviceId }),
		])
			await expect(call()).rejects.toMatchObject({ code: "NOT_FOUND" });
	});

	test("admins see all of them, researchers do not", async () => {
		const device = await aDevice(database.db);
		const admin = callAs(services(), await anAdmin());
		expect(await admin.devices.get({ deviceId: device.id })).toMatchObject({
			id: device.id,
			owner: { id: device.ownerId },
		});
		const all = await admin.devices.listAll({ ownerId: device.ownerId });
		expect(all.items).toHaveLength(1);
		const researcher = await aPerson(database.db, {
			accessLevel: ACCESS_LEVEL.researcher,
		});
		await expect(
			callAs(services(), researcher).devices.listAll({}),
		).rejects.toMatchObject({ code: "FORBIDDEN" });
	});

	test("lists page through everything once, by state, kind and part of the name", async () => {
		const owner = await aPerson(database.db);
		for (let index = 0; index < 7; index += 1)
			await aDevice(database.db, {
				ownerId: owner.id,
				name: `camera_${index}`,
				state: index % 2 ? "online" : "offline",
			});
		const { devices } = callAs(services(), owner);
		const seen: string[] = [];
		for (let cursor: string | undefined, first = true; first || cursor; ) {
			first = false;
			const page = await devices.list({ limit: 3, cursor });
			seen.push(...page.items.map(({ name }) => name));
			cursor = page.nextCursor;
		}
		expect(seen).toEqual(
			[6, 5, 4, 3, 2, 1, 0].map((index) => `camera_${index}`),
		);
		expect((await devices.list({ state: "online" })).items).toHaveLength(3);
		expect((await devices.list({ kind: "board" })).items).toHaveLength(0);
		expect((await devices.list({ search: "CAMERA_3" })).items).toHaveLength(1);
		expect((await devices.list({ search: "camera%3" })).items).toHaveLength(0);
		expect(await devices.summary({})).toMatchObject({ online: 3, offline: 4 });
	});

	test("telemetry of an impossible or enormous span is refused", async () => {
		const owner = await aPerson(database.db);
		const { id } = await aDevice(database.db, { ownerId: owner.id });
		const { devices } = callAs(services(), owner);
		for (const span of [
			{ from: "2026-01-02T00:00:00Z", to: "2026-01-01T00:00:00Z" },
			{ from: "1970-01-01T00:00:00Z", to: "2026-01-01T00:00:00Z" },
			{ from: "yesterday" },
			{ maxPoints: 1e9 },
		])
			await expect(
				devices.telemetry({ deviceId: id, ...span }),
			).rejects.toMatchObject({ code: "BAD_REQUEST" });
	});
});

describe("an owner's wishes", () => {
	test("rename, pause, drain and resume are kept, and told to the gateway and the pages", async () => {
		const owner = await aPerson(database.db);
		const { id } = await aDevice(database.db, { ownerId: owner.id });
		const { devices } = callAs(services(), owner);
		const heard = await topicsDuring(() => devices.pause({ deviceId: id }));
		expect(heard).toEqual([
			`device:${id}`,
			`devicesOf:${owner.id}`,
			"overview",
		]);
		expect(await find(id)).toMatchObject({ paused: true });
		await devices.drain({ deviceId: id });
		await devices.update({ deviceId: id, name: " new name ", kind: "board" });
		expect(await find(id)).toMatchObject({
			draining: true,
			name: "new name",
			kind: "board",
		});
		await devices.resume({ deviceId: id });
		expect(await find(id)).toMatchObject({ paused: false, draining: false });
	});

	test("belong to the owner: an admin may look, but not rename or retire", async () => {
		const { id } = await aDevice(database.db);
		const { devices } = callAs(services(), await anAdmin());
		await expect(
			devices.update({ deviceId: id, name: "mine now" }),
		).rejects.toMatchObject({ code: "FORBIDDEN" });
		await expect(devices.retire({ deviceId: id })).rejects.toMatchObject({
			code: "FORBIDDEN",
		});
	});

	test("retiring is final, and happens once however often it is asked for", async () => {
		const owner = await aPerson(database.db);
		const { id } = await aDevice(database.db, {
			ownerId: owner.id,
			state: "online",
		});
		const { devices } = callAs(services(), owner);
		const results = await Promise.allSettled(
			Array.from({ length: 5 }, () => devices.retire({ deviceId: id })),
		);
		expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(
			1,
		);
		expect(await find(id)).toMatchObject({ state: "retired" });
		await expect(devices.resume({ deviceId: id })).rejects.toMatchObject({
			code: "CONFLICT",
		});
		expect((await devices.list({})).items).toEqual([]);
		expect((await devices.list({ state: "retired" })).items).toHaveLength(1);
	});
});

describe("blocking", () => {
	test("is an admin's, with a reason that the owner reads and the audit log keeps", async () => {
		const owner = await aPerson(database.db);
		const admin = await anAdmin();
		const { id } = await aDevice(database.db, { ownerId: owner.id });
		await expect(
			callAs(services(), owner).devices.block({ deviceId: id, reason: "x" }),
		).rejects.toMatchObject({ code: "FORBIDDEN" });
		await callAs(services(), admin).devices.block({
			deviceId: id,
			reason: "Returns wrong results",
		});
		expect(
			await callAs(services(), owner).devices.get({ deviceId: id }),
		).toMatchObject({ blockedReason: "Returns wrong results" });
		await callAs(services(), admin).devices.unblock({ deviceId: id });
		expect(await find(id)).toMatchObject({ blockedReason: null });
		const audit = await database.db.auditEntry.findMany({
			where: { subjectId: id },
			orderBy: { id: "asc" },
		});
		expect(audit).toMatchObject([
			{
				action: "deviceBlocked",
				actorId: admin.id,
				details: { reason: "Returns wrong results" },
			},
			{ action: "deviceUnblocked", actorId: admin.id },
		]);
	});

	test("a device that is not there leaves no trace in the audit log", async () => {
		const admin = await anAdmin();
		const deviceId = "00000000-0000-7000-8000-000000000000";
		await expect(
			callAs(services(), admin).devices.block({ deviceId, reason: "x" }),
		).rejects.toMatchObject({ code: "NOT_FOUND" });
		expect(
			await database.db.auditEntry.count({ where: { subjectId: deviceId } }),
		).toBe(0);
	});
});

test("a device that falls silent is shown offline on its owner's pages", async () => {
	const { id, ownerId } = await aDevice(database.db, {
		state: "online",
		presence: {
			create: {
				connectionId: "a connection",
				lastSeenAt: services().clock.now(),
			},
		},
	});
	services().clock.advance(60_000);
	const heard = await topicsDuring(() => markSilentDevices(services()));
	expect(heard).toEqual(
		expect.arrayContaining([`device:${id}`, `devicesOf:${ownerId}`]),
	);
	expect(await find(id)).toMatchObject({ state: "offline" });
});
