import type {
	OwnerRules,
	Parameters,
	Platform,
} from "../../agent/core/protocol.ts";
import type { Cutting } from "../app-versions/cutting.ts";
import type { Placement } from "../database/generated/enums.ts";
import type { Resources } from "../devices/resources.ts";
import type { SurvivalForecast } from "../predictor/forecast/forecast-survival.ts";
import type { DeviceForecasts } from "../predictor/forecast/live-forecasts.ts";
import type { WorkUnitPart } from "./cut-work-unit.ts";
import type { RunTimeEstimate, RunTimeRecords } from "./estimate-run-time.ts";

/** A device that can take work now. */
export interface DeviceOffer {
	deviceId: string;
	/** As owners are counted: see countedOwner. */
	ownerId: string;
	platform: Platform;
	/** In all, and what is left of it after what is leased to the device already. */
	capacity: Resources;
	free: Resources;
	images: ReadonlySet<string>;
	/** Until when the owner's rules allow work; null: no end. */
	until: Date | null;
	/** Floating-point operations a second on one core; null: not measured. */
	floatOpsPerSecond: number | null;
	/** How long it will stay under its owner's limit; null: nothing was forecast yet. */
	forecasts: DeviceForecasts | null;
	rules: OwnerRules;
}

/** What all tasks of a batch need. */
export interface BatchNeeds extends Resources {
	batchId: string;
	projectId: string;
	scienceArea: string;
	placement: Placement;
	/** Predictive: how likely a task must be to finish before the owner comes. */
	confidence: number;
	/** How long a task may stand frozen before it is given back. */
	maxFrozenSeconds: number;
	/** The builds that there are: by platform, the image that a device may hold already; null when it is no image. */
	builds: Readonly<Record<string, string | null>>;
	/** Of a whole work unit. */
	estimatedOperations: number;
	/** What earlier tasks of the app version took. */
	runTimes: RunTimeRecords;
}

export interface WaitingTask {
	taskId: string;
	workUnitId: string;
	batchId: string;
	/** The work unit's share of the batch's estimated operations: 1, or less when it was cut. */
	share: number;
	/** How the work unit may be cut in two; null when its app version does not say, or a copy was placed before. */
	cuttable: { parameters: Parameters; cutting: Cutting } | null;
	/** Owners who hold a copy of the work unit: one owner must never be a quorum alone. */
	excludedOwners: readonly string[];
	/** Devices on which a copy went wrong or was given back. */
	excludedDevices: readonly string[];
}

/** Why a device does not get a task. */
export type Refusal =
	| "platform"
	| "notEnoughCores"
	| "notEnoughMemory"
	| "notEnoughDisk"
	| "ownerRules"
	| "busy"
	| "windowTooShort"
	| "notForecast"
	| "forecastTooShort"
	| "needsAnotherOwner"
	| "failedHereBefore"
	| "noDeviceOffers";

/** Why a batch waits: reason → on how many devices it held; and what would fit, when its tasks are too long for all. */
export interface WaitReasons {
	devices: Partial<Record<Refusal, number>>;
	fit?: { neededSeconds: number; longestSeconds: number; confidence: number };
}

/** A task and the device it goes to. */
export interface PlannedTask {
	taskId: string;
	workUnitId: string;
	batchId: string;
	deviceId: string;
	/** As owners are counted. */
	ownerId: string;
	needs: Resources;
	/** How long it will run there. */
	runTime: RunTimeEstimate;
	/** What the decision rests on; null when nothing was forecast for the device. */
	forecast: SurvivalForecast | null;
	/** How long the owner may be there before the forecast counts as broken. */
	maxFrozenSeconds: number;
	/** That it finishes before the owner comes. */
	probability: number | null;
}

export interface PlacementPlan {
	placements: PlannedTask[];
	/** By batch, for its first task that was not placed. */
	waiting: Map<string, WaitReasons>;
	/** Work units to cut, so that a part of so much of the batch's estimated operations fits a window that is there now. */
	cuts: {
		workUnitId: string;
		batchId: string;
		/** What it was when that was decided. */
		whole: WorkUnitPart;
		parts: [WorkUnitPart, WorkUnitPart];
	}[];
}
