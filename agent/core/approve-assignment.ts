import { expandCommand } from "./expand-command.ts";
import {
	type Assignment,
	type Manifest,
	manifestSchema,
	type Platform,
} from "./protocol.ts";

/** A manifest that an admin approved, and what it makes of one assignment. */
export interface Approved {
	manifest: Manifest;
	/** The argv to run. */
	command: string[];
}

export type Verdict = ({ ok: true } & Approved) | { ok: false; reason: string };

/**
 * Whether an assignment may run here, by a manifest whose signature has been checked: the manifest is the one that the
 * assignment names, it is meant for this platform, and the command that was approved can be completed with the
 * assignment's parameters. Nothing else that the server says is looked at. Pure.
 */
export function approveAssignment(
	signed: { appVersionId: string; manifest: string },
	assignment: Pick<Assignment, "appVersionId" | "parameters">,
	platform: Platform,
): Verdict {
	const manifest = parseManifest(signed.manifest);
	if (!manifest) return refuse("It is not a manifest that this agent knows.");
	if (
		manifest.appVersionId !== assignment.appVersionId ||
		manifest.appVersionId !== signed.appVersionId
	)
		return refuse("It belongs to another app version.");
	if (!manifest.platforms.includes(platform))
		return refuse(`It is not approved for ${platform}.`);
	return complete(manifest, assignment);
}

function complete(
	manifest: Manifest,
	assignment: Pick<Assignment, "parameters">,
): Verdict {
	try {
		const command = expandCommand(manifest.command, assignment.parameters);
		if (command.some((part) => part.includes("\0")))
			return refuse("Its command holds a NUL character.");
		return { ok: true, manifest, command };
	} catch (error) {
		if (error instanceof RangeError) return refuse(error.message);
		throw error;
	}
}

function parseManifest(text: string): Manifest | undefined {
	try {
		return manifestSchema.parse(JSON.parse(text));
	} catch {
		return undefined;
	}
}

const refuse = (reason: string): Verdict => ({ ok: false, reason });
