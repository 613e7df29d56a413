import { isDeepStrictEqual } from "node:util";
import type {
	AppVersionDetails,
	PortalApi,
	ProjectDetails,
} from "../api/portal-api.ts";
import type { Cli } from "../cli.ts";
import type { ReadProject } from "../definition/read-definition.ts";
import { CliError } from "../errors/cli-error.ts";
import { EXIT } from "../errors/exit-codes.ts";
import { nextReviewStep } from "./next-review-step.ts";

const LOOK_MS = 3_000;
const PATIENCE_MS = 10 * 60_000;
/** What reviewers decide on: it can be changed in a draft only. */
const REVIEWED = ["name", "scienceArea", "impact"] as const;
const OPEN = ["description", "picture"] as const;

/** The project of a definition: made if there is none, changed where it differs. @throws CliError */
export async function applyProject(
	cli: Cli,
	api: PortalApi,
	definition: ReadProject,
): Promise<ProjectDetails> {
	const {
		name,
		slug,
		scienceArea,
		description,
		impact,
		picture = null,
	} = definition;
	const text = { name, slug, scienceArea, description, impact, picture };
	const project = await findProject(api, slug);
	if (!project) {
		const made = await api.projects.create(text);
		cli.terminal.tell(`Made the project “${name}” (${slug}), as a draft.`);
		return made;
	}
	if (!project.mayEdit)
		throw new CliError(
			EXIT.notAllowed,
			`“${slug}” is the project of ${project.owner.name}. Give yours another slug.`,
		);
	const { changes, refused } = planChanges(project, text);
	if (refused.length)
		cli.terminal.tell(
			`The project is ${project.state}: ${refused.join(", ")} can no longer be changed and stay as they are.`,
		);
	if (Object.keys(changes).length === 0) return project;
	cli.terminal.tell(`Changing ${Object.keys(changes).join(", ")} of ${slug}.`);
	return api.projects.update(project.id, changes);
}

async function findProject(
	api: PortalApi,
	slug: string,
): Promise<ProjectDetails | undefined> {
	try {
		return await api.projects.get(slug);
	} catch (error) {
		if (error instanceof CliError && error.exitCode === EXIT.notFound)
			return undefined;
		throw error;
	}
}

/** Which fields are to be changed, and which differ but cannot be changed in this state. */
export function planChanges(
	project: Record<string, unknown> & { state: string },
	wanted: Record<string, unknown>,
): { changes: Record<string, unknown>; refused: string[] } {
	const differs = (field: string) =>
		!isDeepStrictEqual(project[field] ?? null, wanted[field] ?? null);
	const isDraft = project.state === "draft";
	const fields = [...(isDraft ? REVIEWED : []), ...OPEN].filter(differs);
	return {
		changes: Object.fromEntries(fields.map((field) => [field, wanted[field]])),
		refused: isDraft ? [] : REVIEWED.filter(differs),
	};
}

/**
 * Hands project and version in as far as needed, and waits until an admin has approved both.
 *
 * @param wait  false: stops with an exit code of its own instead of waiting
 * @param handInOnly  is content when everything is handed in
 * @throws CliError when they come back, or nobody is to be waited for
 */
export async function awaitApproval(
	cli: Cli,
	api: PortalApi,
	slug: string,
	appVersionId: string,
	{ wait, handInOnly = false }: { wait: boolean; handInOnly?: boolean },
): Promise<AppVersionDetails> {
	const handedIn = { project: false, version: false };
	let told = false;
	for (;;) {
		const project = await api.projects.get(slug, PATIENCE_MS);
		const details = await api.appVersions.get(appVersionId, PATIENCE_MS);
		const version = {
			...details.version,
			rejectionReason: details.inside?.rejectionReason ?? null,
		};
		const next = nextReviewStep({ project, version, handedIn });
		if (next.step === "ready") return details;
		if (next.step === "stop") throw new CliError(EXIT.refused, next.sentence);
		if (next.step === "submitProject") {
			await api.projects.submit(project.id);
			handedIn.project = true;
			cli.terminal.tell(`Handed in ${slug} for review.`);
			continue;
		}
		if (next.step === "submitVersion") {
			await api.appVersions.submit(appVersionId);
			handedIn.version = true;
			cli.terminal.tell(`Handed in version ${version.number} for review.`);
			continue;
		}
		if (handInOnly) return details;
		if (!wait)
			throw new CliError(
				EXIT.waiting,
				`${slug} waits for an admin's review. Give the same command again once it is approved: ${cli.server()}/projects/${slug}`,
			);
		if (!told) {
			cli.terminal.tell(
				`Waiting for an admin to approve it under “Reviews”. You may stop with Ctrl-C and give the same command again later: ${cli.server()}/projects/${slug}`,
			);
			told = true;
		}
		cli.terminal.progress("Waiting for the review…");
		await cli.around.pause(LOOK_MS, cli.around.signal);
	}
}
