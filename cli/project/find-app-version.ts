import type { AppVersionAnswer, PortalApi } from "../api/portal-api.ts";
import { usageError } from "../errors/cli-error.ts";

const VERSIONS_LOOKED_AT = 1000;

/**
 * The version of a project that a batch is for: the one with this number, or the newest that is approved; with
 * `anyState`, the newest that has an image.
 *
 * @throws CliError when there is none
 */
export async function findAppVersion(
	api: PortalApi,
	slug: string,
	wanted: { number?: number | undefined; anyState?: boolean },
): Promise<AppVersionAnswer> {
	const versions = await api.appVersions.list(slug, VERSIONS_LOOKED_AT);
	const found = chooseVersion(versions, wanted);
	if (found) return found;
	throw usageError(
		wanted.number === undefined
			? `${slug} has no approved app version yet. “lull app list --project ${slug}” shows what there is.`
			: `${slug} has no version ${wanted.number}.`,
	);
}

/** @param versions  the newest first */
export function chooseVersion(
	versions: readonly AppVersionAnswer[],
	{
		number,
		anyState = false,
	}: { number?: number | undefined; anyState?: boolean },
): AppVersionAnswer | undefined {
	if (number !== undefined)
		return versions.find((version) => version.number === number);
	const approved = versions.find(({ state }) => state === "approved");
	if (approved || !anyState) return approved;
	return versions.find(
		({ state }) => state === "built" || state === "submitted",
	);
}
