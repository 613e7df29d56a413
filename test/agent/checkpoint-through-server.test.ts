import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { platformSchema } from "../../agent/core/protocol.ts";
import { openDocker } from "../../agent/engine/docker-calls.ts";
import { baseImage } from "../../setup/engine/base-image.ts";
import { type EnrolledAgent, startAgent } from "../support/enrolled-agent.ts";
import { aBatch, anAppVersion, aUser } from "../support/factories.ts";
import { signBuilds } from "../support/sign-builds.ts";
import { testDatabase } from "../support/test-database.ts";
import { findTestEngine } from "../support/test-engine.ts";
import { testServer } from "../support/test-server.ts";
import { until } from "../support/until.ts";

const engine = await findTestEngine();
const database = testDatabase();
const server = testServer(database);

/** Counts, and goes on where the last device was; the one that gets to begin in the middle ends at once. */
const PROGRAM = `
	n=$(cat /checkpoint/n 2>/dev/null || echo 0)
	trap 'echo $n > /checkpoint/n; touch /checkpoint/done' USR1
	touch /checkpoint/ready
	echo "LULL_PROGRESS 0.5"
	if [ $n -gt 0 ]; then echo "went on" > answer; exit 0; fi
	while :; do n=$((n+1)); sleep 0.05; done
`;

describe.skipIf(engine === undefined)("A task and two devices", () => {
	const agents: EnrolledAgent[] = [];
	let folder = "";
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "lull-two-devices-"));
	});
	afterAll(async () => {
		for (const agent of agents) await agent.stop();
		await rm(folder, { recursive: true, force: true });
	});

	/** A device of another owner; what its owner's programs use is in the file. */
	const lend = async (name: string): Promise<string> => {
		const { db } = database;
		const dutyFile = join(folder, `${name}.duty`);
		await writeFile(dutyFile, "0");
		const portal = { db, url: server().url, folder };
		const owner = await aUser(db);
		agents.push(
			await startAgent(portal, owner, name, engine as string, {
				LULL_AGENT_DUTY_FILE: dutyFile,
			}),
		);
		return dutyFile;
	};
	/** A version whose program is on the engine already, signed as after a review. */
	const aVersion = async () => {
		const { db } = database;
		const docker = openDocker(engine as string);
		const { Id: imageId } = await docker.getImage(baseImage).inspect();
		const version = await anAppVersion(
			db,
			{ command: ["/bin/sh", "-c", PROGRAM], cores: 0.5 },
			platformSchema.options.map((platform) => ({ platform, imageId })),
		);
		const { signingKeyPem } = server().services.secrets;
		await signBuilds(db, version.id, signingKeyPem);
		return version;
	};

	test("go the whole way: one owner comes back, the other device goes on from there", async () => {
		const { db } = database;
		const first = await lend("first");
		const { id: appVersionId } = await aVersion();
		const batch = await aBatch(db, {
			appVersionId,
			placement: "spread",
			maxFrozenSeconds: 1,
			quorum: 1,
			targetCopies: 1,
		});
		const [workUnitId = ""] = batch.workUnitIds;
		await until(
			"the first device is in the middle of it",
			async () =>
				db.task.findFirst({
					where: { workUnitId, state: "running", progress: { gt: 0 } },
				}),
			60_000,
		);
		await writeFile(first, "90");
		const returned = await until(
			"it is given back with a checkpoint",
			async () =>
				(await db.task.findFirst({
					where: { workUnitId, state: "returned" },
				})) ?? undefined,
			60_000,
		);
		expect(returned.checkpointSha256).not.toBeNull();
		await lend("second");
		await until(
			"the work unit is done",
			async () =>
				(await db.workUnit.findUniqueOrThrow({ where: { id: workUnitId } }))
					.state === "done",
			60_000,
		);
		const last = await db.task.findFirstOrThrow({
			where: { workUnitId, state: "valid" },
		});
		expect(last.continuesTaskId).toBe(returned.id);
		expect(last.deviceId).not.toBe(returned.deviceId);
		const records = await db.guardRecord.findMany({
			where: { deviceId: returned.deviceId ?? "" },
			orderBy: { at: "asc" },
		});
		expect(records.map(({ action }) => action)).toEqual([
			"freeze",
			"checkpoint",
			"giveBack",
		]);
	});
});
