import { randomUUID } from "node:crypto";
import type { AppVersionBuilds } from "../app-versions/app-version-builds.ts";
import { parseSourceDetails } from "../app-versions/app-version-input.ts";
import { listVersionsOutOfUse } from "../app-versions/app-version-store.ts";
import {
	type AppVersionTransition,
	appVersionBuilt,
	appVersionFailed,
} from "../app-versions/app-version-transitions.ts";
import type { NewBuild } from "../app-versions/build-store.ts";
import type { Announcements } from "../events/announcements.ts";
import type { Services } from "../services.ts";
import { buildAppVersion } from "./build-app-version.ts";
import {
	type ClaimedBuild,
	claimNextBuild,
	finishClaimedBuild,
	releaseBuildClaim,
	renewBuildClaim,
} from "./build-claim-store.ts";
import {
	type BuildEngine,
	demandEngine,
	imageTagOf,
	listImageVersions,
	openBuildEngine,
	removeImage,
} from "./build-engine.ts";
import { type BuildFailure, explainBuildFailure } from "./build-failure.ts";
import { type BuildLog, cleanOutput, openBuildLog } from "./build-log.ts";
import { BUILD_ENGINE } from "./builds-elsewhere.ts";
import { imageLimitsOf } from "./image-limits.ts";
import type { MadeImage } from "./image-maker.ts";

/** Makes images, and is asked for them. */
export interface AppVersionBuildLoop extends AppVersionBuilds {
	/** Begins to look for work, also for what a process that died has left. */
	start(): void;
	/** Hands the build that is running back, unfinished, and waits until nothing of it goes on. */
	stop(): Promise<void>;
}

const TICK_MS = 5_000;
const CLAIM_MS = 60_000;
const SWEEP_MS = 60 * 60_000;
/** A build that took its process with it this often is not begun once more. */
const MOST_ATTEMPTS = 2;

/** Makes the images of app versions, one at a time in each process; the queue is the versions that are `building`. */
export function createAppVersionBuilds(
	services: Services & { announcements: Pick<Announcements, "set"> },
): AppVersionBuildLoop {
	const engine = openBuildEngine(services.config.dockerHost);
	const claimant = randomUUID();
	let timer: NodeJS.Timeout | undefined;
	let stopHearing: (() => void) | undefined;
	let running: Promise<void> | undefined;
	let current: AbortController | undefined;
	let stopped = true;
	let sweptAt = 0;

	const buildAll = async () => {
		const hasEngine = await isThere(engine);
		services.announcements.set(BUILD_ENGINE, hasEngine);
		if (Date.now() - sweptAt > SWEEP_MS && hasEngine) {
			await sweepImages(services, engine);
			sweptAt = Date.now();
		}
		while (!stopped && (await isThere(engine))) {
			const now = services.clock.now();
			const build = await claimNextBuild(
				services.db,
				claimant,
				now,
				new Date(now.getTime() + CLAIM_MS),
			);
			if (!build) return;
			current = new AbortController();
			if (stopped) current.abort("stopping");
			await runClaimedBuild(services, engine, claimant, build, current);
			current = undefined;
		}
	};
	const look = () => {
		if (stopped || running) return;
		running = buildAll()
			.catch((err) => services.log.error({ err }, "Making images stopped."))
			.finally(() => {
				running = undefined;
			});
	};
	return {
		demandEngine: () => demandEngine(engine),
		wake: () => services.wakes.wake("builds"),
		start() {
			stopped = false;
			timer ??= setInterval(look, TICK_MS);
			stopHearing ??= services.wakes.onWake("builds", look);
			look();
		},
		async stop() {
			stopped = true;
			clearInterval(timer);
			timer = undefined;
			stopHearing?.();
			stopHearing = undefined;
			current?.abort("stopping" satisfies BuildFailure);
			await running;
		},
	};
}

async function runClaimedBuild(
	services: Services,
	engine: BuildEngine,
	claimant: string,
	build: ClaimedBuild,
	abort: AbortController,
): Promise<void> {
	const { db, config, clock, log } = services;
	const limits = imageLimitsOf(config);
	const endWatch = watchClaim(services, build.id, claimant, abort);
	const timeout = setTimeout(() => abort.abort("timeLimit"), limits.buildMs);
	const output = openBuildLog(services, build.id, (err) =>
		log.warn({ err }, "A build's output could not be stored."),
	);
	try {
		if (build.buildAttempts > MOST_ATTEMPTS) abort.abort("killedServer");
		abort.signal.throwIfAborted();
		const details = parseSourceDetails(build.sourceDetails);
		const { builds, made } = await buildAppVersion(build.source, {
			engine,
			blobs: services.blobs,
			limits,
			buildNetwork: config.buildNetwork,
			tag: imageTagOf(build.id),
			details,
			sourceSha256: build.sourceSha256 ?? "",
			platforms: build.platforms,
			signal: abort.signal,
			print: (text) => output.write(text),
		});
		await end(services, output, build, claimant, appVersionBuilt(), {
			builds,
			made,
		});
	} catch (error) {
		await output.close();
		const failure = await explainBuildFailure(error, abort.signal, () =>
			isThere(engine),
		);
		if (failure.kind === "release")
			await releaseBuildClaim(db, build.id, claimant);
		if (failure.kind === "fail") {
			if (failure.fault)
				log.error({ err: error, appVersionId: build.id }, "A build broke.");
			output.write(`\n${failure.sentence}\n`);
			const transition = appVersionFailed(failure.sentence);
			await end(services, output, build, claimant, transition);
		}
	} finally {
		clearTimeout(timeout);
		endWatch();
		log.debug({ appVersionId: build.id, at: clock.now() }, "A build ended.");
	}
}

async function end(
	{ db, events }: Services,
	output: BuildLog,
	build: ClaimedBuild,
	claimant: string,
	transition: AppVersionTransition,
	{ builds, made }: { builds: NewBuild[]; made?: MadeImage } = { builds: [] },
): Promise<void> {
	await output.close();
	const details = parseSourceDetails(build.sourceDetails);
	const context = made?.context && {
		dockerfile: cleanOutput(made.context.dockerfile),
		files: made.context.files,
		fileCount: made.context.fileCount,
		bytes: made.context.bytes,
	};
	await finishClaimedBuild(
		db,
		build.id,
		claimant,
		{
			...transition,
			data: { ...transition.data, sourceDetails: { ...details, context } },
		},
		builds,
	);
	events.publish(`appVersion:${build.id}`, { kind: "changed" });
	events.publish(`project:${build.projectId}`, { kind: "changed" });
}

/** Renews the claim while the build goes on, and ends the build as soon as it is no longer ours. */
function watchClaim(
	{ db, clock, wakes, log }: Services,
	id: string,
	claimant: string,
	abort: AbortController,
): () => void {
	const renew = async () => {
		const until = new Date(clock.now().getTime() + CLAIM_MS);
		if (!(await renewBuildClaim(db, id, claimant, until)))
			abort.abort("cancelled");
	};
	const look = () =>
		void renew().catch((err) =>
			// The claim lasts a while; the next look may succeed.
			log.warn({ err }, "A build's claim could not be renewed."),
		);
	const timer = setInterval(look, TICK_MS);
	// It may have been cancelled.
	const stopHearing = wakes.onWake("builds", look);
	return () => {
		clearInterval(timer);
		stopHearing();
	};
}

/** Takes images off the engine whose versions failed, were rejected or withdrawn. */
async function sweepImages(
	{ db, log }: Services,
	engine: BuildEngine,
): Promise<void> {
	const ids = (await listImageVersions(engine)).filter((id) => UUID.test(id));
	for (const id of await listVersionsOutOfUse(db, ids))
		await removeImage(engine, imageTagOf(id)).catch((err) =>
			log.warn({ err }, "An image could not be removed."),
		);
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const isThere = (engine: BuildEngine): Promise<boolean> =>
	engine.ping().then(
		() => true,
		() => false,
	);
