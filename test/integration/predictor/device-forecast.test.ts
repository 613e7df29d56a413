import { afterEach, describe, expect, it } from "vitest";
import { generateSeries } from "../../../server/predictor/duty/duty-generator.ts";
import { importDuty } from "../../../server/telemetry/duty-day-store.ts";
import { callAs } from "../../support/api-caller.ts";
import { ScriptedDevice } from "../../support/scripted-device.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServer } from "../../support/test-server.ts";
import { until } from "../../support/until.ts";

const database = testDatabase();
const server = testServer(database);
const devices: ScriptedDevice[] = [];
afterEach(() => {
	for (const device of devices.splice(0)) device.close();
});

/** A camera that was measured for two weeks, online and idle. */
async function aMeasuredDevice() {
	const device = await ScriptedDevice.connect(
		database.db,
		server().url,
		() => undefined,
	);
	devices.push(device);
	const start = Math.floor(Date.now() / 86_400_000) * 86_400 - 13 * 86_400;
	const series = generateSeries("camera", 1, {
		start,
		days: 13 + (Date.now() / 1000 - start - 13 * 86_400) / 86_400,
		stepSeconds: 300,
	});
	await importDuty(database.db, device.id, series, new Date());
	const user = await database.db.user.findUniqueOrThrow({
		where: { id: device.ownerId },
	});
	return { device, owner: callAs(server().services, user) };
}

const forecastIsMade = (deviceId: string, isRight: (row: Row) => boolean) =>
	until("a forecast is made", async () => {
		const row = await database.db.forecast.findUnique({ where: { deviceId } });
		return row && isRight(row) && row;
	});
type Row = { madeAt: Date; limit: number; survival: unknown };
const longest = ({ survival }: Row) =>
	(survival as { probability: number }[]).at(-1)?.probability ?? 1;

describe("a device's forecast", () => {
	it("is made when the device comes, and shows its owner the coming day with its habits", async () => {
		const { device, owner } = await aMeasuredDevice();
		await forecastIsMade(device.id, () => true);
		const seen = await owner.devices.forecast({ deviceId: device.id });
		expect(seen.madeAt).not.toBeNull();
		expect(seen.limitPercent).toBe(30);
		expect(seen.daysMeasured).toBeGreaterThan(12);
		expect(seen.curve).toHaveLength(96);
		for (const { low, expected, high } of seen.curve) {
			expect(low).toBeLessThanOrEqual(expected);
			expect(high).toBeGreaterThanOrEqual(expected);
		}
		expect(seen.past.length).toBeGreaterThanOrEqual(288);
		expect(seen.windows.length).toBeGreaterThan(0);
		expect(seen.rhythm).toMatch(/\.$/);
		const probabilities = seen.survival.map(({ probability }) => probability);
		expect(probabilities).toEqual(probabilities.toSorted((a, b) => b - a));
	});

	it("takes the owner's word at once, and takes it back at once", async () => {
		const { device, owner } = await aMeasuredDevice();
		const first = await forecastIsMade(device.id, () => true);
		expect(first && longest(first)).toBeGreaterThan(0.05);
		const from = new Date(Date.now() + 3_600_000);
		const need = await owner.devices.addNeed({
			deviceId: device.id,
			from: from.toISOString(),
			until: new Date(from.getTime() + 7_200_000).toISOString(),
		});
		await forecastIsMade(device.id, (row) => longest(row) < 0.03);
		await owner.devices.removeNeed({ deviceId: device.id, needId: need.id });
		await forecastIsMade(device.id, (row) => longest(row) > 0.05);
	});

	it("rules out the idle window that the owner will need", async () => {
		const { device, owner } = await aMeasuredDevice();
		const { windows } = await owner.devices.forecast({ deviceId: device.id });
		const [first] = windows;
		expect(first).toBeDefined();
		await owner.devices.addNeed({
			deviceId: device.id,
			from: (first?.from ?? new Date()).toISOString(),
			until: (first?.until ?? new Date()).toISOString(),
		});
		const after = await owner.devices.forecast({ deviceId: device.id });
		expect(after.windows[0]).toEqual({ ...first, probability: 0.02 });
		expect(after.windows.slice(1)).toEqual(windows.slice(1));
	});

	it("is nobody else's business", async () => {
		const { device } = await aMeasuredDevice();
		const other = await aMeasuredDevice();
		await expect(
			other.owner.devices.forecast({ deviceId: device.id }),
		).rejects.toThrow("There is no such device");
	});
});
