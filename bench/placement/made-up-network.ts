import { ownerRulesSchema } from "../../agent/core/protocol.ts";
import { seededRandom } from "../../server/predictor/duty/seeded-random.ts";
import {
	SURVIVAL_WINDOWS,
	type SurvivalForecast,
} from "../../server/predictor/forecast/forecast-survival.ts";
import type {
	BatchNeeds,
	DeviceOffer,
	WaitingTask,
} from "../../server/scheduler/placement-plan.ts";
import type { PlacementQuestion } from "../../server/scheduler/plan-placements.ts";

/** So many devices that have time, and so many tasks that wait for them: what the scheduler is asked in one tick. */
export function askAboutMany(
	devices: number,
	tasks: number,
	now: Date,
): PlacementQuestion {
	const random = seededRandom(1);
	const batches = Array.from({ length: 20 }, (_, i) => aBatch(i));
	return {
		offers: Array.from({ length: devices }, (_, i) => anOffer(i, now, random)),
		batches: new Map(batches.map((batch) => [batch.batchId, batch])),
		tasks: Array.from({ length: tasks }, (_, i): WaitingTask => {
			const batch = batches[i % batches.length] as BatchNeeds;
			return {
				taskId: `task ${i}`,
				workUnitId: `unit ${i >> 1}`,
				batchId: batch.batchId,
				share: 1,
				cuttable: null,
				// Every other copy is wanted beside one that somebody has.
				excludedOwners: i % 2 ? [`owner ${i % (devices / 2)}`] : [],
				excludedDevices: [],
			};
		}),
		marks: new Map(),
		now,
	};
}

function anOffer(i: number, now: Date, random: () => number): DeviceOffer {
	const cores = 2 ** Math.floor(random() * 4);
	const capacity = { cores, memoryMiB: cores * 1024, diskMiB: 20_000 };
	const hours = random() * 6;
	return {
		deviceId: `device ${i}`,
		ownerId: `owner ${i >> 1}`,
		platform: "linux/amd64",
		capacity,
		free: { ...capacity },
		images: new Set(random() < 0.5 ? ["image 1"] : []),
		until: null,
		floatOpsPerSecond: 1e9 + random() * 3e9,
		forecasts: {
			strict: aForecast(hours, now),
			tolerant: aForecast(hours * 1.5, now),
		},
		rules: ownerRulesSchema.parse({}),
	};
}

/** Of an owner who comes at a constant rate. */
const aForecast = (hours: number, now: Date): SurvivalForecast => ({
	at: now.getTime() / 1000,
	limitPercent: 30,
	forecaster: "gbrt",
	windowSeconds: [...SURVIVAL_WINDOWS],
	probability: SURVIVAL_WINDOWS.map((seconds) =>
		Math.exp(-seconds / 3600 / (10 * hours)),
	),
});

const PLACEMENTS = ["predictive", "predictive", "spread", "binpack"] as const;

const aBatch = (i: number): BatchNeeds => ({
	batchId: `batch ${i}`,
	projectId: `project ${i % 5}`,
	scienceArea: "Physics",
	placement: PLACEMENTS[i % PLACEMENTS.length] ?? "predictive",
	confidence: 0.9,
	maxFrozenSeconds: i % 2 ? 300 : 0,
	builds: { "linux/amd64": `image ${i % 3}` },
	estimatedOperations: (i + 1) * 60e9,
	runTimes: {
		all: { count: 40, logSum: 0, logSquareSum: 4 },
		byDevice: new Map(),
	},
	cores: 1,
	memoryMiB: 512,
	diskMiB: 256,
});
