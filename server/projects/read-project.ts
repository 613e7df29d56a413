import type { CurrentUser } from "../accounts/current-user.ts";
import { AppError } from "../errors.ts";
import type { Services } from "../services.ts";
import { steadyExpiry } from "../storage/blobs/signed-address.ts";
import { parsePictureLayout } from "./picture-layout.ts";
import { findPictureBatch, listPictureTiles } from "./picture-tiles-store.ts";
import { sumProjectContributions } from "./project-contributions-store.ts";
import { getProjectFor, listProjects } from "./project-store.ts";
import { viewProject, viewProjectSummary } from "./project-view.ts";

type ReadServices = Pick<Services, "db" | "blobs" | "clock">;
type Viewer = CurrentUser | null;
type Page = { cursor?: string | undefined; limit: number };

/** The public projects, or with `mine` all of one's own. */
export async function listVisibleProjects(
	{ db }: ReadServices,
	viewer: Viewer,
	input: Page & {
		mine: boolean;
		scienceArea?: string | undefined;
		search?: string | undefined;
	},
) {
	if (input.mine && !viewer)
		throw new AppError("notSignedIn", "Sign in to see your own projects.");
	const ownerId = input.mine ? viewer?.id : undefined;
	const { scienceArea, search } = input;
	const page = await listProjects(db, { ownerId, scienceArea, search }, input);
	return { ...page, items: page.items.map(viewProjectSummary) };
}

export async function readProject(
	{ db }: ReadServices,
	viewer: Viewer,
	idOrSlug: string,
) {
	return viewProject(await getProjectFor(db, viewer, idOrSlug), viewer);
}

export async function readContributions(
	{ db }: ReadServices,
	viewer: Viewer,
	idOrSlug: string,
) {
	const { id } = await getProjectFor(db, viewer, idOrSlug);
	return sumProjectContributions(db, id);
}

/** The growing picture of the newest batch, if the project has a layout for one and a batch. */
export async function readPicture(
	{ db, blobs, clock }: ReadServices,
	viewer: Viewer,
	idOrSlug: string,
) {
	const project = await getProjectFor(db, viewer, idOrSlug);
	const layout = parsePictureLayout(project.picture);
	const batch = layout && (await findPictureBatch(db, project.id));
	if (!layout || !batch) return { picture: null };
	const expiresAt = steadyExpiry(clock.now());
	const tiles = await listPictureTiles(db, batch.id, layout);
	return {
		picture: {
			columns: layout.columns,
			rows: layout.rows,
			batch,
			tiles: tiles.map(({ column, row, sha256 }) => ({
				column,
				row,
				path: blobs.signDownload(sha256, {
					expiresAt,
					fileName: layout.file.split("/").at(-1) ?? "",
				}),
			})),
		},
	};
}
