import type {
	Assignment,
	SignedManifest,
	Wanted,
} from "../../agent/core/protocol.ts";
import { parametersSchema } from "../../agent/core/protocol.ts";
import type { PageTopic } from "../events/page-events.ts";
import type { BlobStore } from "../storage/blobs/blob-store.ts";
import { steadyExpiry } from "../storage/blobs/signed-address.ts";
import type { TaskOnDevice } from "../work-units/tasks/device-task-store.ts";

/** As many as the protocol has room for. */
const MOST_WATCHED_TASKS = 1000;

/** All that the server wants on a device, as one message. `revision` is the session's. */
export function makeWantedList(
	device: { id: string } & Pick<
		Wanted,
		"paused" | "draining" | "rules" | "yoursNow"
	>,
	tasks: readonly TaskOnDevice[],
	blobs: Pick<BlobStore, "signDownload">,
	isWatched: (topic: PageTopic) => boolean,
	now: Date,
): Omit<Wanted, "revision"> {
	const expiresAt = steadyExpiry(now);
	const sign = (sha256: string) => blobs.signDownload(sha256, { expiresAt });
	return {
		paused: device.paused,
		draining: device.draining,
		rules: device.rules,
		yoursNow: device.yoursNow,
		assignments: tasks.map((task) => makeAssignment(task, sign)),
		manifests: makeManifests(tasks, sign),
		watch: {
			samples: isWatched(`device:${device.id}`),
			taskIds: tasks
				.flatMap(({ id }) => (isWatched(`task:${id}`) ? id : []))
				.slice(0, MOST_WATCHED_TASKS),
		},
	};
}

function makeAssignment(
	task: TaskOnDevice,
	sign: (sha256: string) => string,
): Assignment {
	return {
		taskId: task.id,
		workUnitId: task.workUnitId,
		appVersionId: task.version.id,
		parameters: parametersSchema.parse(task.parameters),
		inputs: task.inputs.map((input) => ({
			path: input.path,
			offset: input.offset,
			download: {
				path: sign(input.blobSha256),
				bytes: input.bytes,
				sha256: input.sha256,
			},
		})),
		deadline: task.deadlineAt.toISOString(),
		maxFrozenSeconds: task.maxFrozenSeconds,
		patienceSeconds: task.maxFrozenSeconds,
		checkpoint: task.checkpoint && {
			...task.checkpoint,
			path: sign(task.checkpoint.sha256),
		},
	};
}

/**
 * Each app version once, however many of its tasks there are: all of them are on one device, so all run the build for
 * that device's platform, and the version's id is enough to find it by.
 */
function makeManifests(
	tasks: readonly TaskOnDevice[],
	sign: (sha256: string) => string,
): SignedManifest[] {
	const builds = new Map(
		tasks.map(({ version, build }) => [version.id, build]),
	);
	return [...builds].flatMap(([appVersionId, build]) =>
		build?.manifest && build.signature
			? {
					appVersionId,
					manifest: build.manifest,
					signature: build.signature,
					archive: {
						path: sign(build.archiveSha256),
						bytes: build.archiveBytes,
						sha256: build.archiveSha256,
					},
				}
			: [],
	);
}
