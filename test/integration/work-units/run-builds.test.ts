import { afterEach, expect, test } from "vitest";
import { aBatch, anAppVersion } from "../../support/factories.ts";
import { ScriptedDevice } from "../../support/scripted-device.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServer } from "../../support/test-server.ts";
import { until } from "../../support/until.ts";
import { waitReasonsOf } from "../../support/wait-reasons-of.ts";

const database = testDatabase();
const server = testServer(database);
const devices: ScriptedDevice[] = [];
afterEach(() => {
	for (const device of devices.splice(0)) device.close();
});

/** A device that takes what it is given and never ends it. */
async function connect(architecture: string): Promise<ScriptedDevice> {
	const device = await ScriptedDevice.connect(
		database.db,
		server().url,
		() => undefined,
		{ architecture },
	);
	devices.push(device);
	return device;
}

const aBuild = (platform: string, digit: string) => ({
	platform,
	imageId: `sha256:${digit.repeat(64)}`,
	archiveSha256: digit.repeat(64),
	archiveBytes: 1000 + Number(digit),
	manifest: JSON.stringify({ platforms: [platform] }),
	signature: digit.repeat(86),
});

test("of a version with two builds each device runs its own, and one that none is for is refused", async () => {
	const { db } = database;
	const amd = aBuild("linux/amd64", "3");
	const arm = aBuild("linux/arm64", "4");
	const version = await anAppVersion(db, {}, [amd, arm]);
	const batch = await aBatch(db, {
		appVersionId: version.id,
		placement: "spread",
		units: 2,
		targetCopies: 3,
		quorum: 3,
	});
	const devicesOf = [
		{ device: await connect("linux/amd64"), build: amd },
		{ device: await connect("linux/arm64"), build: arm },
	];
	const other = await connect("linux/riscv64");

	for (const { device, build } of devicesOf) {
		const wanted = await until("the device has its tasks", async () =>
			device.wanted?.assignments.length === 2 ? device.wanted : undefined,
		);
		// The version's id is what agents find the manifest by, whatever the platform.
		expect(wanted.assignments.map(({ appVersionId }) => appVersionId)).toEqual([
			version.id,
			version.id,
		]);
		expect(wanted.manifests).toEqual([
			{
				appVersionId: version.id,
				manifest: build.manifest,
				signature: build.signature,
				archive: {
					path: expect.stringContaining(build.archiveSha256),
					bytes: build.archiveBytes,
					sha256: build.archiveSha256,
				},
			},
		]);
		const ran = await db.task.findMany({
			where: { deviceId: device.id },
			include: { build: true },
		});
		expect(ran.map(({ build }) => build?.platform)).toEqual([
			build.platform,
			build.platform,
		]);
	}

	const reasons = await until("the batch says why it waits", async () => {
		const waitReasons = await waitReasonsOf(db, batch.id);
		return Object.hasOwn(waitReasons, "platform") && waitReasons;
	});
	expect(reasons).toMatchObject({ platform: 1 });
	expect(other.wanted?.assignments ?? []).toEqual([]);
	expect(
		await db.task.count({ where: { batchId: batch.id, buildId: null } }),
	).toBe(2);
});
