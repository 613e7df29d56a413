import { expect, test } from "vitest";
import { importDuty } from "../../../server/telemetry/duty-day-store.ts";
import {
	DUTY_KEPT_MS,
	forgetOldDuty,
	SAMPLES_KEPT_MS,
} from "../../../server/telemetry/forget-old-duty-loop.ts";
import { aDevice } from "../../support/factories.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";

const database = testDatabase();
const services = testServices(database);

test("what was measured too long ago is forgotten, what is younger stays", async () => {
	const { db } = database;
	const { clock } = services();
	const { id: deviceId } = await aDevice(db);
	const now = clock.now();
	const hour = (agoMs: number) => new Date(now.getTime() - agoMs);
	const chunk = { deviceId, samples: new Uint8Array(1), count: 1 };
	await db.telemetryChunk.createMany({
		data: [
			{ ...chunk, hour: hour(SAMPLES_KEPT_MS + 1), updatedAt: now },
			{ ...chunk, hour: hour(SAMPLES_KEPT_MS - 1), updatedAt: now },
		],
	});
	const today = Math.floor(now.getTime() / 86_400_000) * 86_400;
	const days = DUTY_KEPT_MS / 86_400_000 + 2;
	await importDuty(
		db,
		deviceId,
		{
			start: today - days * 86_400,
			mean: new Float32Array(288 * days).fill(5),
		},
		now,
	);
	expect(await forgetOldDuty(services())).toBe(1 + 2);
	expect(await db.telemetryChunk.count()).toBe(1);
	expect(await db.dutyDay.count()).toBe(days - 2);
	expect(await forgetOldDuty(services())).toBe(0);
});
