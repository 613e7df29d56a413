import { listPlaceholders } from "../../agent/core/expand-command.ts";
import type { CurrentUser } from "../accounts/current-user.ts";
import { inTransaction } from "../database/db.ts";
import { Prisma } from "../database/generated/client.ts";
import { AppError } from "../errors.ts";
import { getOwnProject } from "../projects/edit-project.ts";
import { mayEditProject, mayViewProject } from "../projects/project-access.ts";
import { lockProject } from "../projects/project-store.ts";
import type { Services } from "../services.ts";
import { keepBlobs } from "../storage/blobs/blob-row-store.ts";
import { getOwnUpload } from "../storage/uploads/upload-store.ts";
import type { AppVersionBuilds } from "./app-version-builds.ts";
import {
	type AppSource,
	type AppVersionChanges,
	commandFor,
	type NewAppVersion,
	type SourceDetails,
} from "./app-version-input.ts";
import {
	type AppVersionRow,
	createAppVersion,
	getAppVersion,
	updateAppVersion,
} from "./app-version-store.ts";
import {
	type AppVersionTransition,
	applyAppVersionTransition,
	appVersionFailed,
	appVersionRetried,
	appVersionSubmitted,
	appVersionTakenBack,
} from "./app-version-transitions.ts";
import { type Cutting, cuttingSchema } from "./cutting.ts";

type PushServices = Pick<Services, "db" | "events"> & {
	builds: AppVersionBuilds;
};

/**
 * A new version of a project: its image is made from the source, in its turn.
 *
 * @throws AppError unavailable without an engine, conflict, notFound (the upload), tooMany
 */
export async function pushAppVersion(
	services: PushServices,
	user: CurrentUser,
	idOrSlug: string,
	wanted: NewAppVersion,
): Promise<AppVersionRow> {
	const project = await getOwnProject(services, user, idOrSlug);
	if (project.state === "finished")
		throw new AppError("conflict", "The project is finished.");
	const { source, ...needs } = wanted;
	const command = commandFor(wanted);
	if (!command)
		throw new AppError("invalidInput", "Say what to run.", ["command"]);
	demandCuttable(command, needs.cutting);
	await services.builds.demandEngine();
	const { sourceDetails, sourceSha256 } = await describeSource(
		services,
		user,
		source,
	);
	const version = await createAppVersion(services.db, {
		...needs,
		projectId: project.id,
		source: source.kind,
		sourceDetails,
		sourceSha256,
		command,
	});
	announce(services, version);
	services.builds.wake();
	return version;
}

async function describeSource(
	{ db }: PushServices,
	user: CurrentUser,
	source: AppSource,
): Promise<{ sourceDetails: SourceDetails; sourceSha256: string | null }> {
	if (source.kind === "reference")
		return {
			sourceDetails: { reference: source.reference },
			sourceSha256: null,
		};
	const { kind, uploadId, ...asked } = source;
	const upload = await getOwnUpload(db, uploadId, user.id, "appSource");
	await keepBlobs(db, [upload.sha256]);
	return {
		sourceDetails: { fileName: upload.name, ...asked },
		sourceSha256: upload.sha256,
	};
}

/** Mends what runs and what it needs, until the version is handed in. @throws AppError conflict */
export async function changeAppVersion(
	services: PushServices,
	user: CurrentUser,
	id: string,
	changes: AppVersionChanges,
): Promise<void> {
	const version = await getOwnVersion(services, user, id);
	const { cutting = parseCutting(version.cutting), ...others } = changes;
	demandCuttable(changes.command ?? version.command, cutting);
	const changed = await updateAppVersion(services.db, id, {
		...others,
		cutting: cutting ?? Prisma.DbNull,
	});
	if (!changed)
		throw new AppError(
			"conflict",
			`Version ${version.number} is ${version.state}; it can be changed until it is handed in.`,
		);
	announce(services, version);
}

const parseCutting = (stored: unknown) =>
	cuttingSchema.nullable().parse(stored);

/** @throws AppError invalidInput when work units would be cut by parameters that the command does not have */
function demandCuttable(
	command: readonly string[],
	cutting: Cutting | null | undefined,
): void {
	if (!cutting) return;
	const known = listPlaceholders(command);
	const missing = [cutting.first, cutting.size ?? cutting.last ?? ""].filter(
		(name) => !known.includes(name),
	);
	if (missing.length)
		throw new AppError(
			"invalidInput",
			`The command has no {${missing[0]}}: a work unit can only be cut by parameters that it has.`,
			["cutting"],
		);
}

/** Ends a build that waits or runs. @throws AppError conflict */
export async function cancelBuild(
	services: PushServices,
	user: CurrentUser,
	id: string,
): Promise<void> {
	await move(
		services,
		user,
		id,
		appVersionFailed("Cancelled by the researcher."),
	);
	services.builds.wake();
}

/** Makes the image of a failed version again, from the same source. @throws AppError conflict */
export async function retryBuild(
	services: PushServices,
	user: CurrentUser,
	id: string,
): Promise<void> {
	await services.builds.demandEngine();
	await move(services, user, id, appVersionRetried());
	services.builds.wake();
}

/** Hands a later version in for review, on its own. @throws AppError conflict */
export async function submitAppVersion(
	services: PushServices,
	user: CurrentUser,
	id: string,
): Promise<void> {
	const { project } = await getOwnVersion(services, user, id);
	if (project.state !== "approved" && project.state !== "suspended")
		throw new AppError(
			"conflict",
			`The project is ${project.state}. A version is handed in alone once its project is approved; before that, hand in the project.`,
		);
	await move(services, user, id, appVersionSubmitted());
}

export async function takeBackAppVersion(
	services: PushServices,
	user: CurrentUser,
	id: string,
): Promise<void> {
	const { project } = await getOwnVersion(services, user, id);
	if (project.state === "submitted")
		throw new AppError("conflict", "Take back the whole project.");
	await move(services, user, id, appVersionTakenBack());
}

async function move(
	services: PushServices,
	user: CurrentUser,
	id: string,
	transition: AppVersionTransition,
): Promise<void> {
	const { projectId } = await getOwnVersion(services, user, id);
	const version = await inTransaction(services.db, async (db) => {
		await lockProject(db, projectId);
		const version = await getAppVersion(db, id);
		if (!(await applyAppVersionTransition(db, id, transition)))
			throw new AppError(
				"conflict",
				`Version ${version.number} is ${version.state}; for this it would have to be ${transition.from.join(" or ")}.`,
			);
		return version;
	});
	announce(services, version);
}

async function getOwnVersion(
	{ db }: PushServices,
	user: CurrentUser,
	id: string,
) {
	const version = await getAppVersion(db, id);
	if (mayEditProject(user, version.project)) return version;
	if (mayViewProject(user, version.project))
		throw new AppError(
			"notAllowed",
			"Only the researcher whose project it is may do this.",
		);
	throw new AppError("notFound", "There is no such app version.");
}

function announce(
	{ events }: PushServices,
	{ id, projectId }: { id: string; projectId: string },
): void {
	events.publish(`appVersion:${id}`, { kind: "changed" });
	events.publish(`project:${projectId}`, { kind: "changed" });
	events.publish("moderation", { kind: "changed" });
}
