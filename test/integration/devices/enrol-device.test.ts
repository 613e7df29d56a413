import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { makeDeviceKey } from "../../../agent/state/device-key.ts";
import {
	createEnrolmentCode,
	enrolDevice,
} from "../../../server/devices/enrolment/enrol-device.ts";
import { ENROLMENT_CODE_LIFETIME_MS } from "../../../server/devices/enrolment/enrolment-code.ts";
import { anEnrolRequest, aPerson } from "../../support/device-factory.ts";
import { testDatabase } from "../../support/test-database.ts";

const database = testDatabase();
const now = new Date("2026-03-01T12:00:00Z");
const later = (milliseconds: number) => new Date(now.getTime() + milliseconds);

const aCode = async (ownerId?: string) =>
	createEnrolmentCode(
		database.db,
		ownerId ?? (await aPerson(database.db)).id,
		{},
		now,
	);

describe("a code", () => {
	test("makes a device of its owner, pending until it connects", async () => {
		const owner = await aPerson(database.db);
		const { code } = await aCode(owner.id);
		const enrolled = await enrolDevice(
			database.db,
			anEnrolRequest(code, { name: "door camera" }),
			now,
		);
		expect(enrolled).toMatchObject({ ownerId: owner.id, isNew: true });
		expect(
			await database.db.device.findUnique({ where: { id: enrolled.deviceId } }),
		).toMatchObject({
			ownerId: owner.id,
			name: "door camera",
			kind: "camera",
			state: "pending",
		});
	});

	test("gives the device the name and kind that its owner chose beforehand", async () => {
		const owner = await aPerson(database.db);
		const label = { name: "garden", kind: "gateway" } as const;
		const { code } = await createEnrolmentCode(
			database.db,
			owner.id,
			label,
			now,
		);
		const { deviceId } = await enrolDevice(
			database.db,
			anEnrolRequest(code, { name: "debian", kind: "computer" }),
			now,
		);
		expect(
			await database.db.device.findUnique({ where: { id: deviceId } }),
		).toMatchObject(label);
	});

	test("is not kept anywhere as it is shown", async () => {
		const { code } = await aCode();
		const rows = await database.db.enrolmentCode.findMany();
		expect(JSON.stringify(rows)).not.toContain(code);
		expect(JSON.stringify(rows)).not.toContain(code.replaceAll("-", ""));
	});

	test("works in small letters and without hyphens", async () => {
		const { code } = await aCode();
		const typed = code.toLowerCase().replaceAll("-", " ");
		await expect(
			enrolDevice(database.db, anEnrolRequest(typed), now),
		).resolves.toMatchObject({ isNew: true });
	});

	test("makes one device when two machines use it at the same moment", async () => {
		const { code } = await aCode();
		const results = await Promise.allSettled(
			Array.from({ length: 8 }, () =>
				enrolDevice(database.db, anEnrolRequest(code), now),
			),
		);
		const won = results.filter(({ status }) => status === "fulfilled");
		const lost = results.filter(({ status }) => status === "rejected");
		expect(won).toHaveLength(1);
		for (const result of lost)
			expect(result).toMatchObject({ reason: { code: "gone" } });
		const stored = await database.db.device.findMany({
			where: { enrolmentCodes: { some: {} } },
			select: { id: true },
		});
		const winner = (won[0] as PromiseFulfilledResult<{ deviceId: string }>)
			.value.deviceId;
		expect(stored.map(({ id }) => id)).toContain(winner);
	});

	test("leaves no second device behind when it was used up", async () => {
		const owner = await aPerson(database.db);
		const { code } = await aCode(owner.id);
		await Promise.allSettled([
			enrolDevice(database.db, anEnrolRequest(code), now),
			enrolDevice(database.db, anEnrolRequest(code), now),
		]);
		expect(
			await database.db.device.count({ where: { ownerId: owner.id } }),
		).toBe(1);
	});

	test("is refused after ten minutes", async () => {
		const { code } = await aCode();
		await expect(
			enrolDevice(
				database.db,
				anEnrolRequest(code),
				later(ENROLMENT_CODE_LIFETIME_MS + 1),
			),
		).rejects.toMatchObject({ code: "gone" });
	});

	test("that never was is not found", async () => {
		await expect(
			enrolDevice(database.db, anEnrolRequest("ABCD-EFGH-JK"), now),
		).rejects.toMatchObject({ code: "notFound" });
	});

	test("of a suspended account is refused", async () => {
		const owner = await aPerson(database.db);
		const { code } = await aCode(owner.id);
		await database.db.user.update({
			where: { id: owner.id },
			data: { suspendedAt: now },
		});
		await expect(
			enrolDevice(database.db, anEnrolRequest(code), now),
		).rejects.toMatchObject({ code: "notAllowed" });
	});
});

describe("an agent whose answer was lost", () => {
	test("gets the same device again for the same key and code, also after the code's end", async () => {
		const { code } = await aCode();
		const request = anEnrolRequest(code);
		const first = await enrolDevice(database.db, request, now);
		const again = await enrolDevice(
			database.db,
			request,
			later(ENROLMENT_CODE_LIFETIME_MS * 2),
		);
		expect(again).toEqual({ ...first, isNew: false });
	});

	test("gets one device however often it asks at once", async () => {
		const { code } = await aCode();
		const request = anEnrolRequest(code);
		const answers = await Promise.all(
			Array.from({ length: 6 }, () => enrolDevice(database.db, request, now)),
		);
		expect(new Set(answers.map(({ deviceId }) => deviceId)).size).toBe(1);
		expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
	});
});

describe("a key", () => {
	test("that has a device gets no second one with another code, and the code stays usable", async () => {
		const key = makeDeviceKey();
		const first = await aCode();
		const second = await aCode();
		await enrolDevice(database.db, anEnrolRequest(first.code, {}, key), now);
		await expect(
			enrolDevice(database.db, anEnrolRequest(second.code, {}, key), now),
		).rejects.toMatchObject({ code: "conflict" });
		await expect(
			enrolDevice(database.db, anEnrolRequest(second.code), now),
		).resolves.toMatchObject({ isNew: true });
	});

	test("must have signed this very code", async () => {
		const { code } = await aCode();
		const { signature } = anEnrolRequest("ZZZZ-ZZZZ-ZZ");
		await expect(
			enrolDevice(database.db, anEnrolRequest(code, { signature }), now),
		).rejects.toMatchObject({ code: "invalidInput", path: ["signature"] });
		await expect(
			enrolDevice(database.db, anEnrolRequest(code), now),
		).resolves.toMatchObject({ isNew: true });
	});

	test("of somebody else cannot be enrolled", async () => {
		const { code } = await aCode();
		const { publicKey } = makeDeviceKey();
		await expect(
			enrolDevice(database.db, anEnrolRequest(code, { publicKey }), now),
		).rejects.toMatchObject({ code: "invalidInput" });
	});
});

test("a person has 200 unused codes at the most, and unused ones vanish with time", async () => {
	const owner = await aPerson(database.db);
	await database.db.enrolmentCode.createMany({
		data: Array.from({ length: 200 }, () => ({
			codeSha256: randomUUID(),
			ownerId: owner.id,
			expiresAt: later(1000),
		})),
	});
	await expect(aCode(owner.id)).rejects.toMatchObject({ code: "tooMany" });
	await createEnrolmentCode(database.db, owner.id, {}, later(2000));
	expect(
		await database.db.enrolmentCode.count({ where: { ownerId: owner.id } }),
	).toBe(1);
});
