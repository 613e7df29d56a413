import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { platformSchema } from "../../agent/core/protocol.ts";
import { openDocker } from "../../agent/engine/docker-calls.ts";
import { buildBundles } from "../../setup/build-bundles.ts";
import { baseImage } from "../../setup/engine/base-image.ts";
import { callAs } from "../support/api-caller.ts";
import { aBatch, anAppVersion, aProject, aUser } from "../support/factories.ts";
import { PortalAgent } from "../support/portal-agent.ts";
import { signBuilds } from "../support/sign-builds.ts";
import { testDatabase } from "../support/test-database.ts";
import { findTestEngine } from "../support/test-engine.ts";
import { testServer } from "../support/test-server.ts";
import { until } from "../support/until.ts";

const engine = await findTestEngine();
const database = testDatabase();
const server = testServer(database);
const PATIENCE_MS = 60_000;

/** Works for ever, except where somebody has worked before: then it says how far that was. */
const PROGRAM = `
	n=$(cat $LULL_CHECKPOINT/n 2>/dev/null)
	if [ -n "$n" ]; then echo $n > answer; exit 0; fi
	trap 'echo 7 > $LULL_CHECKPOINT/n; touch $LULL_CHECKPOINT/done' USR1
	touch $LULL_CHECKPOINT/ready
	while :; do sleep 0.05; done
`;

describe.skipIf(engine === undefined)(
	"with a real server and real agents",
	() => {
		let folder: string;
		let bundle: string;
		const agents: PortalAgent[] = [];

		beforeAll(async () => {
			folder = await mkdtemp(join(tmpdir(), "lull-owner-first-"));
			[bundle = ""] = await buildBundles(
				join(folder, "dist"),
				"lull-agent.mjs",
			);
		});
		afterEach(async () => {
			for (const agent of agents.splice(0)) await agent.stop();
			// Nobody goes on with what a test has left.
			await database.db.batch.updateMany({ data: { state: "cancelled" } });
		});
		afterAll(() => rm(folder, { recursive: true, force: true }));

		async function anAgent() {
			const owner = await aUser(database.db);
			const place = { bundle, engine: engine as string, folder };
			const agent = await PortalAgent.start(server(), owner.id, place);
			agents.push(agent);
			const { devices } = callAs(server().services, owner);
			return { agent, devices, deviceId: agent.deviceId };
		}

		/** A work unit of one copy that an admin has approved. */
		async function aWorkUnit(): Promise<string> {
			const { db, secrets } = server().services;
			const project = await aProject(db);
			const { Id: imageId } = await openDocker(engine as string)
				.getImage(baseImage)
				.inspect();
			const version = await anAppVersion(
				db,
				{
					projectId: project.id,
					command: ["/bin/sh", "-c", PROGRAM],
					cores: 0.5,
				},
				platformSchema.options.map((platform) => ({ platform, imageId })),
			);
			await signBuilds(db, version.id, secrets.signingKeyPem);
			const once = { quorum: 1, targetCopies: 1, placement: "spread" } as const;
			const batch = await aBatch(db, {
				appVersionId: version.id,
				maxFrozenSeconds: 1,
				...once,
			});
			return batch.id;
		}

		const taskOf = (batchId: string, where: object, agent: PortalAgent) =>
			until(
				`a task is as it should be; the agent says:\n${agent.log}`,
				async () =>
					(await database.db.task.findFirst({
						where: { batchId, ...where },
					})) ?? undefined,
				PATIENCE_MS,
			);

		/** Waits until a task runs on the device and can be asked for a checkpoint. */
		async function runningOn(batchId: string, agent: PortalAgent) {
			const { deviceId } = agent;
			const task = await taskOf(batchId, { deviceId, state: "running" }, agent);
			const inside = openDocker(engine as string).getContainer(
				`lull-task-${task.id}`,
			);
			await until(
				"the program can be asked",
				async () =>
					inside.getArchive({ path: "/checkpoint/ready" }).then(
						(stream) => {
							(stream as unknown as { resume(): void }).resume();
							return true;
						},
						() => false,
					),
				PATIENCE_MS,
			);
			return task;
		}

		test("a task whose owner stays busy is finished on another device, from where it was", async () => {
			const first = await anAgent();
			const batchId = await aWorkUnit();
			const task = await runningOn(batchId, first.agent);
			first.agent.playDuty(90);
			await taskOf(batchId, { id: task.id, state: "returned" }, first.agent);
			const second = await anAgent();
			const { deviceId } = second;
			const done = await taskOf(
				batchId,
				{ deviceId, state: "valid" },
				second.agent,
			);
			expect(done.continuesTaskId).toBe(task.id);
			const [output] = await database.db.taskOutput.findMany({
				where: { taskId: done.id },
			});
			expect(output).toMatchObject({ path: "answer", bytes: 2n });

			const { items } = await first.devices.guardRecords({
				deviceId: first.deviceId,
			});
			const actions = items.map(({ action }) => action).reverse();
			expect(actions.slice(0, 3)).toEqual(["freeze", "checkpoint", "giveBack"]);
			expect(items.at(-1)?.detail).toMatch(/CPU 90 % is above your 30 %/);
		}, 180_000);

		test("Yours now in the portal empties the device, and Resume lets it work again", async () => {
			const { agent, devices, deviceId } = await anAgent();
			const batchId = await aWorkUnit();
			const task = await runningOn(batchId, agent);
			await devices.yoursNow({ deviceId });
			const guard = await until(
				`the device is its owner's; the agent says:\n${agent.log}`,
				async () => {
					const now = await devices.guard({ deviceId });
					return now.state === "gone" && now;
				},
				PATIENCE_MS,
			);
			expect(guard.latencyMs).toBeGreaterThan(0);
			expect(await agent.containers()).toEqual([]);
			await taskOf(batchId, { id: task.id, state: "returned" }, agent);
			await devices.resume({ deviceId });
			await runningOn(batchId, agent);
		}, 180_000);

		test("rules that are set in the portal hold on the device", async () => {
			const { agent, devices, deviceId } = await anAgent();
			const batchId = await aWorkUnit();
			const task = await runningOn(batchId, agent);
			const hour = (new Date().getHours() + 12) % 24;
			const clock = (minute: string) =>
				`${String(hour).padStart(2, "0")}:${minute}`;
			const hours = [
				{ days: [0, 1, 2, 3, 4, 5, 6], from: clock("00"), until: clock("01") },
			];
			await devices.setRules({ deviceId, rules: { hours } });
			await taskOf(batchId, { id: task.id, state: "returned" }, agent);
			const { items } = await devices.guardRecords({ deviceId });
			expect(items.map(({ reason }) => reason)).toContain("hours");
			await devices.setRules({ deviceId, rules: {} });
			await runningOn(await aWorkUnit(), agent);
		}, 180_000);
	},
);
