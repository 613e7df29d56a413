import { createForgetEndedSessionsLoop } from "../accounts/sessions/forget-ended-sessions-loop.ts";
import {
	type AppVersionBuildLoop,
	createAppVersionBuilds,
} from "../builds/app-version-build-loop.ts";
import { createForgetGuardRecordsLoop } from "../devices/guard/forget-guard-records-loop.ts";
import { createMarkSilentDevicesLoop } from "../devices/mark-silent-devices-loop.ts";
import { createTrainPredictorLoop } from "../predictor/learn/train-predictor-loop.ts";
import { createScoreForecastsLoop } from "../predictor/score/score-forecasts-loop.ts";
import { addForecastMetrics } from "../predictor/view/forecast-metrics.ts";
import { createCollectGarbageLoop } from "../storage/uploads/collect-garbage-loop.ts";
import { createForgetOldDutyLoop } from "../telemetry/forget-old-duty-loop.ts";
import { createReviewLoop } from "../work-units/review/review-loop.ts";
import { createReviewSilentDevicesLoop } from "../work-units/review/review-silent-devices-loop.ts";
import { createAbandonDeadSubmissionsLoop } from "../work-units/submit/abandon-dead-submissions-loop.ts";
import { createSweepLoop } from "../work-units/sweeps/sweep-loop.ts";
import { createForgetTaskUploadsLoop } from "../work-units/tasks/forget-task-uploads-loop.ts";
import type { ProcessParts, Role } from "./process-parts.ts";

export interface LoopsRole extends Role {
	builds: AppVersionBuildLoop;
}

/**
 * What is done when it is due, whoever asked for it: reviews, images, what devices' silence means, learning, forgetting.
 * Each loop claims its rows, so any number of processes may have this role.
 */
export function createLoopsRole({
	services,
	metrics,
	channel,
	announcements,
	threads,
}: ProcessParts): LoopsRole {
	const builds = createAppVersionBuilds({ ...services, announcements });
	const reviews = createReviewLoop(services, threads.compare);
	addForecastMetrics(metrics, services);
	const stopHearing = services.wakes.onWake("reviews", () => reviews.poke());
	channel.onGap(() => reviews.poke());
	const loops = [
		builds,
		reviews,
		createScoreForecastsLoop(services),
		createTrainPredictorLoop(services),
		createMarkSilentDevicesLoop(services),
		createReviewSilentDevicesLoop(services, reviews),
		createSweepLoop(services),
		createAbandonDeadSubmissionsLoop(services),
		createCollectGarbageLoop(services),
		createForgetTaskUploadsLoop(services),
		createForgetEndedSessionsLoop(services),
		createForgetGuardRecordsLoop(services),
		createForgetOldDutyLoop(services),
	];
	return {
		builds,
		routes: [],
		attach: () => undefined,
		start() {
			for (const loop of loops) loop.start();
		},
		async stop() {
			stopHearing();
			await Promise.all(loops.map((loop) => loop.stop()));
		},
	};
}
