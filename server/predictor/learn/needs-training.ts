import type { TrainingReason } from "../forecast/model-store.ts";
import {
	brierOf,
	calibrationErrorOf,
	type ForecastAccount,
} from "../score/score-forecast.ts";

/** What is known when it is asked whether to train. Times in Unix milliseconds. */
export interface TrainingState {
	/** The newest model; undefined: there is none. */
	model:
		| {
				trainedAt: number /** On days it had not seen. */;
				brier: number | null;
		  }
		| undefined;
	/** What forecasts scored since the model was made came to. */
	lately: ForecastAccount;
	/** Days of duty that the devices have in all. */
	deviceDays: number;
}

const DAY_MS = 86_400_000;
/** Devices' habits change in weeks; a day's new duty is worth a new model. */
const SCHEDULE_MS = DAY_MS;
/** Drift is looked for in that many forecasts at the least, and not sooner than this after a training. */
const ENOUGH_FORECASTS = 200;
const DRIFT_PAUSE_MS = DAY_MS / 8;
/** Worse than the model was on its own unseen days, or further from its word, by more than chance explains. */
const WORSE_BRIER = 0.05;
const WORSE_CALIBRATION = 0.1;

/** Why a model should be trained now; undefined: the one that is there will do. */
export function needsTraining(
	{ model, lately, deviceDays }: TrainingState,
	now: number,
): TrainingReason | undefined {
	if (!model) return "first";
	const age = now - model.trainedAt;
	if (age >= DRIFT_PAUSE_MS && hasDrifted(model.brier, lately)) return "drift";
	// Without duty of real devices it would come out the same.
	if (age >= SCHEDULE_MS && deviceDays >= 1) return "schedule";
	return undefined;
}

function hasDrifted(brier: number | null, lately: ForecastAccount): boolean {
	if (lately.forecasts < ENOUGH_FORECASTS) return false;
	const now = brierOf(lately) ?? 0;
	const off = calibrationErrorOf(lately) ?? 0;
	return (
		off > WORSE_CALIBRATION || (brier !== null && now > brier + WORSE_BRIER)
	);
}
