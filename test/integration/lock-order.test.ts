import { afterAll, beforeAll, expect, test } from "vitest";
import { databaseTroubleOf } from "../../server/database/database-trouble.ts";
import {
	createDatabase,
	type Database,
	type Db,
	inTransaction,
} from "../../server/database/db.ts";
import {
	type Conflict,
	conflicts,
} from "../../server/database/retry-conflicts.ts";
import {
	blockDevice,
	changeDevice,
	retireDevice,
} from "../../server/devices/change-device.ts";
import {
	connectDevice,
	disconnectDevice,
	markSilentDevicesOffline,
	seeDevices,
} from "../../server/devices/device-transitions.ts";
import { requestYoursNow } from "../../server/devices/guard/yours-now-store.ts";
import { AppError } from "../../server/errors.ts";
import { createLogger } from "../../server/logger.ts";
import { withdrawAppVersion } from "../../server/moderation/review-app-version.ts";
import {
	resumeProject,
	suspendProject,
} from "../../server/moderation/review-project.ts";
import { applyCuts } from "../../server/scheduler/cut-store.ts";
import {
	claimUnsentTasks,
	leaseTasks,
	listUnsentTasks,
} from "../../server/scheduler/lease-store.ts";
import type { WaitingTask } from "../../server/scheduler/placement-plan.ts";
import { noteRunTimes } from "../../server/scheduler/run-time-store.ts";
import { storeTelemetry } from "../../server/telemetry/telemetry-store.ts";
import { noteBatchWaits } from "../../server/work-units/batches/batch-wait-store.ts";
import {
	cancelBatch,
	rerunFailed,
} from "../../server/work-units/batches/change-batch.ts";
import { dueForSilentDevices } from "../../server/work-units/review/review-store.ts";
import { submitBatch } from "../../server/work-units/submit/submit-batch.ts";
import { sweepOnce } from "../../server/work-units/sweeps/carry-out-sweep.ts";
import { takeReport } from "../../server/work-units/tasks/take-report.ts";
import { noteProgress } from "../../server/work-units/tasks/task-store.ts";
import {
	aBatch,
	aDevice,
	anAppVersion,
	aProject,
	aReport,
	aUser,
} from "../support/factories.ts";
import { reviewDue } from "../support/review-due.ts";
import { testDatabase } from "../support/test-database.ts";
import { testServices } from "../support/test-services.ts";

/**
 * Holds the order of locks that docs/architecture.md gives: every writer against every other and against itself, on rows
 * that overlap. Each row that is written takes some milliseconds here, so that two that take rows in different orders
 * do meet. A deadlock is found also where it would be got over by trying again.
 */

const ROUNDS = Number(process.env.LULL_LOCK_ROUNDS ?? 1);
const UNITS = 4;

const testing = testDatabase();
let database: Database;
let world: World;
beforeAll(async () => {
	await testing.pool.query(`
		DO $$ BEGIN
			EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = ''20ms''', current_database());
		END $$;
		CREATE FUNCTION take_a_while() RETURNS trigger LANGUAGE plpgsql AS
			$$ BEGIN PERFORM pg_sleep(0.004); RETURN NEW; END $$;
		DO $$ DECLARE name text; BEGIN
			FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '\\_%' LOOP
				EXECUTE format('CREATE TRIGGER take_a_while BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION take_a_while()', name);
			END LOOP;
		END $$`);
	// Its connections are made after that, and so have the short wait before a deadlock is looked for.
	database = createDatabase({
		url: testing.url,
		poolSize: 24,
		logger: createLogger("silent"),
	});
	world = await aWorld();
	await testing.pool.query(`
		CREATE SCHEMA saved;
		DO $$ DECLARE name text; BEGIN
			FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '\\_%' LOOP
				EXECUTE format('CREATE TABLE saved.%I AS TABLE public.%I', name, name);
			END LOOP;
		END $$`);
});
const services = testServices({
	get db() {
		return database.db;
	},
	get pool() {
		return database.pool;
	},
	get url() {
		return testing.url;
	},
});

afterAll(() => database.close());

const connectionOf = (deviceId: string) => `connection of ${deviceId}`;
const connected = (deviceId: string) => ({
	serverId: "here",
	connectionId: connectionOf(deviceId),
	now: new Date(),
});

/** A project with two batches whose tasks are in all states, on the devices of several owners. */
async function aWorld() {
	const { db } = database;
	const admin = await aUser(db, { accessLevel: 10 });
	const project = await aProject(db);
	const version = await anAppVersion(db, { projectId: project.id });
	const owner = await aUser(db);
	const devices = await Promise.all(
		["a", "b", "c"].map((name) =>
			aDevice(db, { name, ...(name === "a" ? {} : { ownerId: owner.id }) }),
		),
	);
	for (const { id } of devices) await connectDevice(db, id, connected(id));
	const batches = await Promise.all(
		["first", "second"].map((name) =>
			aBatch(db, {
				name,
				appVersionId: version.id,
				units: UNITS,
				targetCopies: 3,
				failedUnits: 1,
			}),
		),
	);
	const [a, b, c] = devices.map(({ id }) => id) as [string, string, string];
	// By number: one reported, one running, one that waits; the last work unit of each batch has failed.
	const report = { outputDigest: "d", claimedCredit: 1, leasedAt: new Date() };
	for (const [number, deviceId, data] of [
		[0, a, { state: "reported", ...report }],
		[1, b, { state: "running", leasedAt: new Date() }],
		[2, c, { state: "unsent" }],
	] as const)
		await db.task.updateMany({
			where: { number, batchId: { in: batches.map(({ id }) => id) } },
			data: {
				...data,
				...(data.state === "unsent"
					? {}
					: {
							deviceId,
							ownerId:
								devices.find(({ id }) => id === deviceId)?.ownerId ?? null,
						}),
			},
		});
	// Two results that agree in every other unit: judged, and credit granted.
	for (const { workUnitIds } of batches)
		for (const [index, workUnitId] of workUnitIds.entries())
			if (index % 2 === 0)
				await db.task.updateMany({
					where: { workUnitId, number: 2 },
					data: {
						state: "reported",
						deviceId: c,
						ownerId: owner.id,
						...report,
					},
				});
	const failed = batches.flatMap(({ workUnitIds }) => workUnitIds.at(-1) ?? []);
	await db.workUnit.updateMany({
		where: { batchId: { in: batches.map(({ id }) => id) } },
		data: { reviewAt: new Date(0) },
	});
	await db.workUnit.updateMany({
		where: { id: { in: failed } },
		data: { state: "failed", reviewAt: null },
	});
	const tasks = await db.task.findMany({
		where: { batchId: { in: batches.map(({ id }) => id) } },
		orderBy: { id: "desc" },
	});
	const researcher = await db.user.findUniqueOrThrow({
		where: { id: project.ownerId },
	});
	return {
		admin,
		project,
		version,
		owner,
		devices,
		batches,
		tasks,
		researcher,
	};
}
type World = Awaited<ReturnType<typeof aWorld>>;

/** Makes everything what it was, without asking triggers and foreign keys. */
const startAgain = () =>
	testing.pool.query(`
		DO $$ DECLARE name text; BEGIN
			SET LOCAL session_replication_role = replica;
			FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'saved' LOOP
				EXECUTE format('DELETE FROM public.%I', name);
				EXECUTE format('INSERT INTO public.%I SELECT * FROM saved.%I', name, name);
			END LOOP;
		END $$`);

const onDevice = ({ tasks }: World, state: string) =>
	tasks.filter((task) => task.state === state);

/** Waits for all of them, also when one is refused: nothing may go on once a round is over. */
async function settled(acts: readonly Promise<unknown>[]): Promise<void> {
	for (const outcome of await Promise.allSettled(acts))
		if (outcome.status === "rejected") throw outcome.reason;
}

const waitingTasks = ({ batches, devices }: World) =>
	listUnsentTasks(
		database.db,
		batches.map(({ id }) => ({ batchId: id, most: 50 })).reverse(),
		devices.map(({ ownerId }) => ownerId ?? ""),
	);

const claim = (db: Db, waiting: readonly WaitingTask[]) =>
	claimUnsentTasks(
		db,
		waiting.map(({ taskId }) => taskId).reverse(),
		waiting.map(({ workUnitId }) => workUnitId).reverse(),
	);

/** Everything that changes rows that others change too. */
const WRITERS: Record<string, (world: World) => Promise<unknown>> = {
	"a report": (world) =>
		settled(
			onDevice(world, "running").map(({ id, deviceId }, i) =>
				takeReport(
					services(),
					deviceId ?? "",
					i % 3 === 0
						? { ...aReport(id, ""), outcome: "failed", outputs: [] }
						: aReport(id, "7"),
				),
			),
		),
	progress: (world) =>
		settled(
			world.devices.map(({ id }) =>
				noteProgress(
					database.db,
					id,
					{
						tasks: onDevice(world, "running").map((task) => ({
							taskId: task.id,
							state: "running" as const,
							progress: 0.5,
						})),
					},
					new Date(),
				),
			),
		),
	"a review": () => reviewDue(services(), 500),
	"learned run times": ({ tasks }) =>
		noteRunTimes(
			database.db,
			tasks.map(({ id }) => ({ taskId: id, seconds: 5 })).reverse(),
			new Date(),
		),
	"a placement": async (world) => {
		const waiting = await waitingTasks(world);
		await inTransaction(database.db, async (db) => {
			const { tasks } = await claim(db, waiting);
			await leaseTasks(
				db,
				tasks.map((task) => ({
					...task,
					deviceId: world.devices[0]?.id ?? "",
					needs: { cores: 0.1, memoryMiB: 1, diskMiB: 1 },
				})) as unknown as Parameters<typeof leaseTasks>[1],
				new Date(),
			);
		});
	},
	"a cut": async (world) => {
		const waiting = await waitingTasks(world);
		await inTransaction(database.db, async (db) => {
			const held = new Set((await claim(db, waiting)).workUnitIds);
			const units = await db.workUnit.findMany({
				where: { id: { in: [...held] } },
			});
			await db.task.updateMany({
				where: { workUnitId: { in: [...held] } },
				data: { state: "unsent" },
			});
			await applyCuts(
				db,
				units.map(({ id, parameters, share }) => ({
					workUnitId: id,
					whole: { parameters, share },
					parts: [
						{ parameters: { n: "1" }, share: 0.5 },
						{ parameters: { n: "2" }, share: 0.5 },
					],
				})) as unknown as Parameters<typeof applyCuts>[1],
				new Date(),
			);
		});
	},
	"why tasks wait": ({ batches }) =>
		noteBatchWaits(
			database.db,
			"here",
			new Map(
				[...batches].reverse().map(({ id }) => [id, { busy: Math.random() }]),
			),
			new Date(),
		),
	"a cancellation": ({ researcher, batches }) =>
		settled(batches.map(({ id }) => cancelBatch(services(), researcher, id))),
	"a rerun": ({ researcher, batches }) =>
		settled(batches.map(({ id }) => rerunFailed(services(), researcher, id))),
	"a suspension": async ({ admin, project }) => {
		await suspendProject(services(), admin, project.id, "too loud");
		await resumeProject(services(), admin, project.id);
	},
	"a withdrawal": ({ admin, version }) =>
		withdrawAppVersion(services(), admin, version.id, "wrong"),
	"a chunk of any sweep": () => sweepOnce(services()),
	"a submission": ({ researcher, version }) =>
		submitBatch(services(), researcher, {
			appVersionId: version.id,
			name: "more",
			source: {
				kind: "ranges",
				ranges: [{ name: "n", from: "1", to: "3", step: 1 }],
			},
			quorum: 2,
			targetCopies: 2,
			maxErrors: 3,
			maxTotal: 8,
			deadlineSeconds: 3600,
			priority: 0,
			placement: "spread",
			confidence: 0.9,
			maxFrozenSeconds: 300,
		}),
	"silent devices": () => dueForSilentDevices(database.db, new Date(), 0),
	"devices that were heard": ({ devices }) =>
		seeDevices(
			database.db,
			devices.map(({ id }) => connectionOf(id)).reverse(),
			new Date(),
		),
	"devices that come back": ({ devices }) =>
		settled(
			devices.map(({ id }) => connectDevice(database.db, id, connected(id))),
		),
	"devices that leave": ({ devices }) =>
		settled(
			devices.map(({ id }) =>
				disconnectDevice(database.db, id, connectionOf(id), new Date()),
			),
		),
	"devices that fell silent": () =>
		markSilentDevicesOffline(
			database.db,
			new Date(Date.now() + 24 * 3_600_000),
		),
	telemetry: ({ devices }) =>
		settled(
			devices.map(({ id }) =>
				storeTelemetry(
					database.db,
					id,
					{
						samples: [
							{
								t: Date.now(),
								dutyCpu: 1,
								oursCpu: 1,
								dutyMemory: 1,
								oursMemory: 1,
								diskFreeMiB: 1,
								temperature: null,
								load: 0,
							},
						],
					},
					new Date(),
				),
			),
		),
	"a retirement": ({ owner, devices }) =>
		retireDevice(services(), owner, devices[1]?.id ?? ""),
	"an owner's wish": async ({ owner, devices }) => {
		await requestYoursNow(database.db, { ownerId: owner.id }, false);
		await changeDevice(services(), owner, devices[1]?.id ?? "", {
			paused: false,
		});
	},
	"an admin's block": ({ admin, devices }) =>
		settled(
			devices.map(({ id }) => blockDevice(services(), admin, id, "loud")),
		),
};

const names = Object.keys(WRITERS);

test.each(names)(
	"%s never ends in a deadlock with any other writer, nor with itself",
	async (name) => {
		const met: string[] = [];
		for (const other of names.slice(names.indexOf(name)))
			for (let round = 0; round < ROUNDS; round++)
				for (const what of await deadlocksOf(name, other)) met.push(what);
		expect(met).toEqual([]);
	},
	120_000,
);

async function deadlocksOf(one: string, other: string): Promise<string[]> {
	await startAgain();
	const met: string[] = [];
	const note = (error: unknown) => {
		if (databaseTroubleOf(error) === "conflict")
			met.push(`${one} × ${other}: ${String(error).slice(-200)}`);
	};
	const onConflict = (message: unknown) => note((message as Conflict).error);
	conflicts.subscribe(onConflict);
	const outcomes = await Promise.allSettled(
		[one, other, one, other].map((name) => WRITERS[name]?.(world)),
	);
	conflicts.unsubscribe(onConflict);
	for (const outcome of outcomes)
		if (outcome.status === "rejected") {
			note(outcome.reason);
			// A writer may lose the race; nothing else may go wrong.
			const expected =
				outcome.reason instanceof AppError ||
				databaseTroubleOf(outcome.reason) === "conflict";
			if (!expected) throw outcome.reason;
		}
	return met;
}
