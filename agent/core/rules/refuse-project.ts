import type { Ending } from "../plan.ts";
import { manifestSchema, type OwnerRules } from "../protocol.ts";

/** Why the owner's rules keep a project away; undefined when they let it in. Pure. */
export function refuseProject(
	projectId: string,
	{ projects, neverProjects }: Pick<OwnerRules, "projects" | "neverProjects">,
): Ending | undefined {
	const isRefused =
		neverProjects.includes(projectId) ||
		(projects !== null && !projects.includes(projectId));
	return isRefused
		? {
				outcome: "returned",
				errorCode: "ownerNeedsDevice",
				errorDetail: "The owner lends this device to other projects.",
			}
		: undefined;
}

/** The project that a manifest names; undefined when it is no manifest, which is found out when it is taken. */
export function projectOf(manifest: string | undefined): string | undefined {
	try {
		return manifestSchema.parse(JSON.parse(manifest ?? "")).projectId;
	} catch {
		return undefined;
	}
}
