import { expect, it } from "vitest";
import { RunTimeBook } from "../../../server/scheduler/run-time-book.ts";
import { listRunTimes } from "../../../server/scheduler/run-time-store.ts";
import { aDevice, anAppVersion } from "../../support/factories.ts";
import { testDatabase } from "../../support/test-database.ts";
import { heldClock } from "../../support/test-services.ts";

const database = testDatabase();

it("run times in memory follow what is learned, here at once and elsewhere soon", async () => {
	const { db } = database;
	const clock = heldClock();
	const book = new RunTimeBook({ db, clock });
	const version = await anAppVersion(db);
	const wanted = new Set([version.id]);
	const learn = async (count: number, existing?: string) => {
		const deviceId = existing ?? (await aDevice(db)).id;
		const record = { count, logSum: count / 2, logSquareSum: count };
		const of = { deviceId, appVersionId: version.id };
		await db.deviceTrust.upsert({
			where: { deviceId_appVersionId: of },
			create: { ...of, ...record, updatedAt: clock.now() },
			update: { ...record, updatedAt: clock.now() },
		});
		return deviceId;
	};
	const agrees = async () => {
		const kept = (await book.of(wanted)).get(version.id);
		const stored = (await listRunTimes(db, [version.id])).get(version.id);
		return (
			kept?.byDevice.size === (stored?.byDevice.size ?? 0) &&
			Math.abs((kept?.all.count ?? 0) - (stored?.all.count ?? 0)) < 1e-9
		);
	};
	expect(await agrees()).toBe(true);
	const first = await learn(1);
	expect(await agrees()).toBe(false);
	book.look();
	expect(await agrees()).toBe(true);
	await learn(3, first);
	await learn(5);
	expect(await agrees()).toBe(false);
	clock.advance(11_000);
	expect(await agrees()).toBe(true);
});
