import type { CurrentUser } from "../accounts/current-user.ts";
import { getAppVersion } from "../app-versions/app-version-store.ts";
import {
	applyAppVersionTransition,
	appVersionApproved,
} from "../app-versions/app-version-transitions.ts";
import { signBuild } from "../app-versions/build-store.ts";
import { writeAuditEntry } from "../audit/audit-store.ts";
import type { Db } from "../database/db.ts";
import type { Project } from "../database/generated/client.ts";
import { AppError } from "../errors.ts";
import type { Services } from "../services.ts";
import {
	digestManifests,
	makeManifestText,
	signManifest,
} from "./sign-manifest.ts";

/** A version, and the digest of the manifests that the admin was shown: of all its builds, together. */
export interface ReviewedVersion {
	appVersionId: string;
	manifestSha256: string;
}

/**
 * Signs all builds of a version and approves it, inside the caller's transaction.
 *
 * @throws AppError conflict when it is not what the admin was shown, or not waiting any more
 */
export async function approveVersionIn(
	db: Db,
	{ clock, secrets }: Pick<Services, "clock" | "secrets">,
	admin: CurrentUser,
	project: Pick<Project, "id" | "name">,
	reviewed: ReviewedVersion,
): Promise<void> {
	const version = await getAppVersion(db, reviewed.appVersionId);
	if (version.projectId !== project.id)
		throw new AppError("invalidInput", "The version is of another project.");
	if (version.state !== "submitted") throw changed(version.number);
	const builds = version.builds.map(({ id, ...build }) => ({
		id,
		manifest: makeManifestText(version, build, project.name),
	}));
	const shown = digestManifests(builds.map(({ manifest }) => manifest));
	if (builds.length === 0 || shown !== reviewed.manifestSha256)
		throw changed(version.number);
	const approved = await applyAppVersionTransition(
		db,
		version.id,
		appVersionApproved(clock.now()),
	);
	if (!approved) throw changed(version.number);
	for (const { id, manifest } of builds) {
		const signature = signManifest(manifest, secrets.signingKeyPem);
		if (!(await signBuild(db, id, { manifest, signature })))
			throw changed(version.number);
	}
	await writeAuditEntry(db, {
		actorId: admin.id,
		action: "appVersionApproved",
		subjectType: "appVersion",
		subjectId: version.id,
		details: {
			project: project.name,
			version: version.number,
			manifestSha256: reviewed.manifestSha256,
		},
	});
}

const changed = (number: number) =>
	new AppError(
		"conflict",
		`Version ${number} has changed since you looked at it. Look again.`,
	);
