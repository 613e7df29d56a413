import type { Db } from "../database/db.ts";
import {
	Prisma,
	type Project,
	type User,
} from "../database/generated/client.ts";
import type { ProjectState } from "../database/generated/enums.ts";
import { AppError } from "../errors.ts";
import type { PictureLayout } from "./picture-layout.ts";
import { mayViewProject, type ProjectViewer } from "./project-access.ts";
import { firstFreeSlug } from "./suggest-slug.ts";

/** A person's projects, finished ones included, so that nobody can fill the list. */
export const MOST_PROJECTS_OF_ONE_OWNER = 100;

export type ProjectWithOwner = Project & {
	owner: Pick<User, "id" | "name">;
	credit: { total: number } | null;
};

const withOwner = {
	owner: { select: { id: true, name: true } },
	credit: { select: { total: true } },
} as const;

export interface ProjectText {
	name: string;
	slug: string;
	scienceArea: string;
	description: string;
	impact: string;
	picture: PictureLayout | null;
}

const PUBLIC_STATES: ProjectState[] = ["approved", "suspended", "finished"];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A new project, as a draft. @throws AppError conflict when the address is taken; tooMany */
export async function createProject(
	db: Db,
	ownerId: string,
	text: ProjectText,
): Promise<ProjectWithOwner> {
	const already = await db.project.count({ where: { ownerId } });
	if (already >= MOST_PROJECTS_OF_ONE_OWNER)
		throw new AppError(
			"tooMany",
			`You have ${already} projects, which is the most one person may have.`,
		);
	return namingConflicts(() =>
		db.project.create({
			data: { ...toColumns(text), ownerId },
			include: withOwner,
		}),
	);
}

/**
 * Changes a project: everything while it is a draft; the description and the picture also while it is approved or
 * suspended, because they say nothing of what runs.
 *
 * @throws AppError conflict when its state does not allow this change, or the address is taken
 */
export async function updateProject(
	db: Db,
	id: string,
	changes: { [Field in keyof ProjectText]?: ProjectText[Field] | undefined },
): Promise<void> {
	const { description, picture, ...reviewed } = changes;
	const changesReviewed = Object.values(reviewed).some(
		(value) => value !== undefined,
	);
	const states: ProjectState[] = changesReviewed
		? ["draft"]
		: ["draft", "approved", "suspended"];
	const { count } = await namingConflicts(() =>
		db.project.updateMany({
			where: { id, state: { in: states } },
			data: { ...reviewed, description, ...toPictureColumn(picture) },
		}),
	);
	if (count === 0)
		throw new AppError(
			"conflict",
			changesReviewed
				? "Name, address, area and impact can only be changed while the project is a draft, because reviewers decide on them."
				: "The project can be changed while it is a draft, approved or suspended.",
		);
}

/** A draft that never was reviewed and has no app versions may be thrown away. False when it is none. */
export async function deleteDraft(db: Db, id: string): Promise<boolean> {
	const { count } = await db.project.deleteMany({
		where: { id, state: "draft", approvedAt: null, appVersions: { none: {} } },
	});
	return count === 1;
}

/** By id or by slug; no slug looks like an id. */
export async function findProject(
	db: Db,
	idOrSlug: string,
): Promise<ProjectWithOwner | undefined> {
	const where = UUID.test(idOrSlug) ? { id: idOrSlug } : { slug: idOrSlug };
	return (
		(await db.project.findUnique({ where, include: withOwner })) ?? undefined
	);
}

/** @throws AppError notFound */
export async function getProject(
	db: Db,
	idOrSlug: string,
): Promise<ProjectWithOwner> {
	const project = await findProject(db, idOrSlug);
	if (!project) throw new AppError("notFound", "There is no such project.");
	return project;
}

/** The project, if this person may know of it. @throws AppError notFound */
export async function getProjectFor(
	db: Db,
	viewer: ProjectViewer | null,
	idOrSlug: string,
): Promise<ProjectWithOwner> {
	const project = await getProject(db, idOrSlug);
	if (!mayViewProject(viewer, project))
		throw new AppError("notFound", "There is no such project.");
	return project;
}

/** Holds the project's row until the transaction ends, so that its versions get their numbers one after the other. */
export async function lockProject(db: Db, id: string): Promise<void> {
	// Weaker than FOR UPDATE: what is only added to the project (credit, batches) does not wait for it.
	await db.$queryRaw`SELECT 1 FROM "Project" WHERE "id" = ${id}::uuid FOR NO KEY UPDATE`;
}

export interface ProjectFilter {
	/** Only this person's, in any state. Absent: everybody's that are public. */
	ownerId?: string | undefined;
	scienceArea?: string | undefined;
	search?: string | undefined;
}

/** Newest first; `cursor` is the id of the last project of the page before. */
export async function listProjects(
	db: Db,
	filter: ProjectFilter,
	page: { cursor?: string | undefined; limit: number },
) {
	const rows = await db.project.findMany({
		where: {
			...(filter.ownerId
				? { ownerId: filter.ownerId }
				: { state: { in: PUBLIC_STATES } }),
			...(filter.scienceArea && { scienceArea: filter.scienceArea }),
			...(filter.search && {
				OR: [
					{ name: { contains: filter.search, mode: "insensitive" as const } },
					{
						description: {
							contains: filter.search,
							mode: "insensitive" as const,
						},
					},
				],
			}),
			...(page.cursor && { id: { lt: page.cursor } }),
		},
		orderBy: { id: "desc" },
		take: page.limit + 1,
		include: withOwner,
	});
	const items = rows.slice(0, page.limit);
	return {
		items,
		nextCursor: rows.length > page.limit ? items.at(-1)?.id : undefined,
	};
}

/** The areas of public projects, with how many there are in each, the fullest first. */
export async function countScienceAreas(
	db: Db,
): Promise<{ scienceArea: string; projects: number }[]> {
	const groups = await db.project.groupBy({
		by: ["scienceArea"],
		where: { state: { in: PUBLIC_STATES } },
		_count: true,
		orderBy: [{ _count: { id: "desc" } }, { scienceArea: "asc" }],
	});
	return groups.map(({ scienceArea, _count }) => ({
		scienceArea,
		projects: _count,
	}));
}

/** The suggested address, or the first free one that begins like it. */
export async function findFreeSlug(db: Db, slug: string): Promise<string> {
	const rows = await db.project.findMany({
		where: { slug: { startsWith: slug.slice(0, 40) } },
		select: { slug: true },
	});
	return firstFreeSlug(slug, new Set(rows.map((row) => row.slug)));
}

/** Batches of the project that still have open work. */
export async function countOpenBatches(
	db: Db,
	projectId: string,
): Promise<number> {
	return db.batch.count({ where: { projectId, state: "open" } });
}

function toColumns(
	text: ProjectText,
): Omit<Prisma.ProjectUncheckedCreateInput, "ownerId"> {
	const { picture, ...plain } = text;
	return { ...plain, ...toPictureColumn(picture) };
}

function toPictureColumn(picture: PictureLayout | null | undefined) {
	if (picture === undefined) return {};
	return { picture: picture ?? Prisma.DbNull };
}

async function namingConflicts<T>(write: () => Promise<T>): Promise<T> {
	try {
		return await write();
	} catch (error) {
		if (
			error instanceof Prisma.PrismaClientKnownRequestError &&
			error.code === "P2002"
		)
			throw new AppError(
				"conflict",
				"Another project has this address. Choose a different one.",
				["slug"],
			);
		throw error;
	}
}
