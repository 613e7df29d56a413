import { randomUUID } from "node:crypto";
import { generateSeries } from "../../server/predictor/duty/duty-generator.ts";
import { saveForecasts } from "../../server/predictor/forecast/forecast-store.ts";
import {
	addScore,
	noAccount,
} from "../../server/predictor/score/score-forecast.ts";
import { importDuty } from "../../server/telemetry/duty-day-store.ts";
import { storeTelemetry } from "../../server/telemetry/telemetry-store.ts";
import type { BrowserPortal, Person } from "./browser-portal.ts";
import { aBatch, aDevice, anAppVersion, aProject } from "./factories.ts";

/** One word that no line can break and no narrow screen can hold. */
const LONG = "Untersuchungsausschussvorsitzendenstellvertreterin-7f3a9c";
const TELEMETRY_MINUTES = 10;
const DAY_MS = 86_400_000;

/** Addresses of one of each thing, all of one person. */
export interface Populated {
	person: Person;
	device: string;
	rules: string;
	project: string;
	version: string;
	batch: string;
	workUnit: string;
	task: string;
	account: string;
}

/** Fills the portal with one of each thing, with names as awkward as people make them. */
export async function populatePortal(
	portal: BrowserPortal,
	person: Person,
): Promise<Populated> {
	const { db } = portal;
	const device = await aDevice(db, {
		ownerId: person.id,
		name: LONG,
		processor: `${LONG} @ 3.60GHz`,
	});
	const now = new Date();
	const samples = Array.from(
		{ length: TELEMETRY_MINUTES * 30 },
		(_, index) => ({
			t: now.getTime() - index * 2000,
			dutyCpu: 20 + 15 * Math.sin(index / 20),
			oursCpu: 50,
			dutyMemory: 30,
			oursMemory: 5,
			diskFreeMiB: 1000,
			temperature: 50,
			load: 1,
		}),
	);
	await storeTelemetry(db, device.id, { samples }, now);
	const project = await aProject(db, {
		ownerId: person.id,
		name: `${LONG} of class numbers`,
		approvedAt: now,
		description: `# ${LONG}\n\n| a | b | c |\n|-|-|-|\n| ${LONG} | ${LONG} | 1 |\n`,
	});
	const version = await anAppVersion(db, {
		projectId: project.id,
		command: ["/bin/count", "--from", "{n}", `--label=${LONG}`],
		buildLog: `${LONG.repeat(4)}\n`,
	});
	const batch = await aBatch(db, {
		appVersionId: version.id,
		name: `Batch ${LONG}`,
		units: 30,
	});
	const task = await db.task.findFirstOrThrow({ where: { batchId: batch.id } });
	await db.task.updateMany({
		where: { workUnitId: task.workUnitId, id: { not: task.id } },
		data: { state: "returned", deviceId: device.id, progress: 0.43 },
	});
	const before = await db.task.findFirstOrThrow({
		where: { workUnitId: task.workUnitId, state: "returned" },
	});
	await db.task.update({
		where: { id: task.id },
		data: { continuesTaskId: before.id },
	});
	await aGuardedPast(portal, device.id, project.id);
	await aForecast(portal, device.id);
	await aWaitingProject(portal);
	await db.researcherRequest.create({
		data: { userId: person.id, affiliation: LONG, plan: `${LONG} ${LONG}` },
	});
	return {
		person,
		device: `/devices/${device.id}`,
		rules: `/devices/${device.id}/rules`,
		project: `/projects/${project.slug}`,
		version: `/projects/${project.slug}/app-versions/${version.number}`,
		batch: `/batches/${batch.id}`,
		workUnit: `/work-units/${task.workUnitId}`,
		task: `/tasks/${task.id}`,
		account: `/admin/users/${person.id}`,
	};
}

/** Rules of every kind, a guard that stepped aside just now and before, and a time that the owner spoke of. */
async function aGuardedPast(
	{ db }: BrowserPortal,
	deviceId: string,
	projectId: string,
): Promise<void> {
	await db.device.update({
		where: { id: deviceId },
		data: {
			rules: {
				hours: [{ days: [0, 4, 6], from: "22:00", until: "06:00" }],
				programs: [LONG],
				projects: [projectId],
				neverAreas: ["Engineering"],
				downloadKiBps: 500,
			},
		},
	});
	const actions = ["freeze", "thaw", "freeze", "giveBack"] as const;
	await db.guardRecord.createMany({
		data: actions.map((action, index) => ({
			id: randomUUID(),
			deviceId,
			at: new Date(Date.now() - (actions.length - index) * 60_000),
			action,
			reason: "program",
			detail: `${LONG} runs.`,
			latencyMs: 40,
			taskIds: [],
		})),
	});
	await db.ownerNeed.create({
		data: {
			deviceId,
			from: new Date(),
			until: new Date(Date.now() + 3_600_000),
		},
	});
}

/** A fortnight behind the device, a forecast of what comes, and a week of forecasts that were checked. */
async function aForecast(
	{ db }: BrowserPortal,
	deviceId: string,
): Promise<void> {
	const now = new Date();
	const start = Math.floor(now.getTime() / DAY_MS - 14) * (DAY_MS / 1000);
	const span = { start, days: 14, stepSeconds: 300 };
	await importDuty(db, deviceId, generateSeries("kiosk", 1, span), now);
	await saveForecasts(db, [
		{
			deviceId,
			madeAt: now,
			modelId: null,
			forecast: {
				at: now.getTime() / 1000,
				limitPercent: 30,
				forecaster: "gbrt",
				windowSeconds: [900, 3600, 28_800],
				probability: [0.98, 0.9, 0.4],
			},
		},
	]);
	const account = [0.95, 0.95, 0.55, 0.15].reduce(
		(sum, said, i) => addScore(sum, said, i !== 3),
		noAccount(),
	);
	await db.forecastAccuracy.createMany({
		data: [1, 2, 3].map((ago) => ({
			deviceId,
			day: new Date(now.getTime() - ago * DAY_MS),
			...account,
		})),
	});
}

/** Of somebody else, for an admin to decide on. */
async function aWaitingProject({ db }: BrowserPortal): Promise<void> {
	const project = await aProject(db, {
		name: `Waiting ${LONG}`,
		state: "submitted",
		submittedAt: new Date(),
		impact: `${LONG} ${LONG}`,
	});
	await anAppVersion(db, { projectId: project.id, state: "submitted" }, [
		{ manifest: null, signature: null },
		{ platform: "linux/arm64", manifest: null, signature: null },
	]);
}
