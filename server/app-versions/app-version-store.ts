import { type Db, inTransaction } from "../database/db.ts";
import {
	type AppVersion,
	type Build,
	Prisma,
} from "../database/generated/client.ts";
import type {
	AppVersionSource,
	AppVersionState,
} from "../database/generated/enums.ts";
import { AppError } from "../errors.ts";
import { lockProject } from "../projects/project-store.ts";
import type { SourceDetails } from "./app-version-input.ts";
import { type BuildRow, toBuildRow, withBuilds } from "./build-store.ts";

/** Images of one researcher that may wait to be made at a time. */
const MOST_BUILDING = 5;
const MOST_VERSIONS = 1_000;

/** A version with its builds by platform; none before it is built. */
export type AppVersionRow = AppVersion & { builds: BuildRow[] };

const toRow = <Version extends { builds: Build[] }>({
	builds,
	...version
}: Version): Omit<Version, "builds"> & { builds: BuildRow[] } => ({
	...version,
	builds: builds.map(toBuildRow),
});

export interface AppVersionDraft {
	projectId: string;
	source: AppVersionSource;
	sourceDetails: SourceDetails;
	sourceSha256: string | null;
	command: string[];
	cores: number;
	memoryMiB: number;
	diskMiB: number;
	platforms: string[];
	estimatedOperations: number;
	comparison: Prisma.InputJsonObject;
	cutting: Prisma.InputJsonObject | null;
}

/** A version that waits for its image, with the project's next number. @throws AppError tooMany */
export async function createAppVersion(
	db: Db,
	draft: AppVersionDraft,
): Promise<AppVersionRow> {
	return inTransaction(db, async (transaction) => {
		await lockProject(transaction, draft.projectId);
		await demandRoom(transaction, draft.projectId);
		const { _max } = await transaction.appVersion.aggregate({
			where: { projectId: draft.projectId },
			_max: { number: true },
		});
		const number = (_max.number ?? 0) + 1;
		return toRow(
			await transaction.appVersion.create({
				data: { ...draft, cutting: draft.cutting ?? Prisma.DbNull, number },
				include: withBuilds,
			}),
		);
	});
}

async function demandRoom(db: Db, projectId: string): Promise<void> {
	const building = await db.appVersion.count({
		where: {
			state: "building",
			project: { owner: { projects: { some: { id: projectId } } } },
		},
	});
	if (building >= MOST_BUILDING)
		throw new AppError(
			"tooMany",
			`${building} of your images are being made. Wait for one of them, or cancel it.`,
		);
	if ((await db.appVersion.count({ where: { projectId } })) >= MOST_VERSIONS)
		throw new AppError(
			"tooMany",
			`The project has ${MOST_VERSIONS} versions, which is the most it may have.`,
		);
}

/** What runs and how it is judged may be mended until the version is handed in. False when it was. */
export async function updateAppVersion(
	db: Db,
	id: string,
	changes: Prisma.AppVersionUpdateManyMutationInput,
): Promise<boolean> {
	const { count } = await db.appVersion.updateMany({
		where: { id, state: { in: ["building", "built", "failed"] } },
		data: changes,
	});
	return count === 1;
}

/** @throws AppError notFound */
export async function getAppVersion(db: Db, id: string) {
	const version = await db.appVersion.findUnique({
		where: { id },
		include: { ...withBuilds, project: { include: { owner: true } } },
	});
	if (!version) throw new AppError("notFound", "There is no such app version.");
	return toRow(version);
}

/** By its number within the project. @throws AppError notFound */
export async function getAppVersionByNumber(
	db: Db,
	projectId: string,
	number: number,
): Promise<AppVersionRow> {
	const version = await db.appVersion.findUnique({
		where: { projectId_number: { projectId, number } },
		include: withBuilds,
	});
	if (!version) throw new AppError("notFound", "There is no such app version.");
	return toRow(version);
}

/** The versions of a project, newest first. */
export async function listAppVersions(
	db: Db,
	projectId: string,
	states: readonly AppVersionState[] | undefined,
	page: { cursor?: string | undefined; limit: number },
) {
	const rows = await db.appVersion.findMany({
		where: {
			projectId,
			...(states && { state: { in: [...states] } }),
			...(page.cursor && { number: { lt: Number(page.cursor) || 0 } }),
		},
		omit: { buildLog: true },
		include: withBuilds,
		orderBy: { number: "desc" },
		take: page.limit + 1,
	});
	const items = rows
		.slice(0, page.limit)
		.map((row) => toRow({ ...row, buildLog: "" }));
	const last = rows.length > page.limit ? items.at(-1) : undefined;
	return { items, nextCursor: last && String(last.number) };
}

/** All versions of a project in the given states, with their logs, oldest first. */
export async function listAppVersionsInState(
	db: Db,
	projectId: string,
	states: readonly AppVersionState[],
): Promise<AppVersionRow[]> {
	const rows = await db.appVersion.findMany({
		where: { projectId, state: { in: [...states] } },
		include: withBuilds,
		orderBy: { number: "asc" },
	});
	return rows.map(toRow);
}

/** Of these versions, those of ours whose images nobody wants any more. Versions of another portal are not ours. */
export async function listVersionsOutOfUse(
	db: Db,
	ids: readonly string[],
): Promise<string[]> {
	const rows = await db.appVersion.findMany({
		where: {
			id: { in: [...ids] },
			state: { in: ["failed", "rejected", "withdrawn"] },
		},
		select: { id: true },
	});
	return rows.map((row) => row.id);
}
