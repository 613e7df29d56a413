import type { Platform } from "../../agent/core/protocol.ts";
import type { Db } from "../database/db.ts";
import type { Build, BuildKind, Prisma } from "../database/generated/client.ts";

/**
 * Builds: what an app version is on each of its platforms. They are made together, when the version is `built`, and
 * signed together, when it is approved; nothing else of them ever changes.
 */
export type BuildRow = Omit<Build, "archiveBytes" | "imageBytes"> & {
	archiveBytes: number;
	imageBytes: number | null;
};

export const toBuildRow = (build: Build): BuildRow => ({
	...build,
	archiveBytes: Number(build.archiveBytes),
	imageBytes: build.imageBytes === null ? null : Number(build.imageBytes),
});

/** How the builds of a version are read everywhere: in one order, so that what is made of all of them is always the same. */
export const withBuilds = {
	builds: { orderBy: { platform: "asc" } },
} as const satisfies Prisma.AppVersionInclude;

/** What making a build leaves behind. */
export interface NewBuild {
	platform: Platform;
	kind: BuildKind;
	imageId: string | null;
	/** Unpacked. */
	imageBytes: number | null;
	imageReference: string | null;
	archiveSha256: string;
	archiveBytes: number;
}

export async function insertBuilds(
	db: Db,
	appVersionId: string,
	builds: readonly NewBuild[],
): Promise<void> {
	await db.build.createMany({
		data: builds.map((build) => ({ ...build, appVersionId })),
	});
}

/** Keeps the signed manifest of a build, once: false when it has one. */
export async function signBuild(
	db: Db,
	id: string,
	signed: { manifest: string; signature: string },
): Promise<boolean> {
	const { count } = await db.build.updateMany({
		where: { id, manifest: null },
		data: signed,
	});
	return count === 1;
}
