import { isDeepStrictEqual } from "node:util";
import type { AppVersionAnswer, AppVersionDetails } from "../api/portal-api.ts";
import type { AppDefinition } from "../definition/project-definition.ts";

/** Versions in these states are used again when they are the same; the others are over. */
const REUSABLE: readonly AppVersionAnswer["state"][] = [
	"building",
	"built",
	"submitted",
	"approved",
];

/**
 * Whether a version of the project is what a definition describes, made from the same bytes: then pushing it again would
 * only make an admin review it twice.
 *
 * @param sourceSha256  of the packed source; null for an image reference
 */
export function isSameApp(
	{ version, inside }: AppVersionDetails,
	app: AppDefinition,
	sourceSha256: string | null,
): boolean {
	if (!inside || !REUSABLE.includes(version.state)) return false;
	// A reference names other bytes tomorrow, unless it is a digest.
	if (sourceSha256 === null) return false;
	return (
		version.source === app.source.kind &&
		inside.sourceSha256 === sourceSha256 &&
		hasSameSource(inside.sourceDetails, app.source) &&
		hasSameNeeds(version, app)
	);
}

function hasSameSource(
	details: Record<string, unknown>,
	source: AppDefinition["source"],
): boolean {
	if (source.kind === "dockerfile")
		return (
			(details.dockerfile ?? "Dockerfile") ===
			(source.dockerfile ?? "Dockerfile")
		);
	if (source.kind === "code")
		return (
			details.runtime === source.runtime &&
			details.entryPoint === source.entryPoint
		);
	return true;
}

/** What the definition leaves open does not tell versions apart. */
function hasSameNeeds(version: AppVersionAnswer, app: AppDefinition): boolean {
	const { cores, memoryMiB, diskMiB } = app.resources;
	const asked = {
		command: app.command,
		cores,
		memoryMiB,
		diskMiB,
		estimatedOperations: app.estimatedOperations,
		comparison: app.comparison,
		cutting: app.cutting,
	};
	return (
		Object.entries(asked).every(
			([name, value]) =>
				value === undefined || isDeepStrictEqual(version[name], value),
		) &&
		(app.platforms === undefined ||
			version.platforms.every((platform) =>
				app.platforms?.some((wanted) => wanted === platform),
			))
	);
}
