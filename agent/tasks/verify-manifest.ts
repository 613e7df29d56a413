import { expandCommand } from "../core/expand-command.ts";
import {
	type Assignment,
	type Manifest,
	manifestSchema,
	type Platform,
} from "../core/protocol.ts";
import { hasSigned } from "../state/device-key.ts";

/** A manifest whose signature was checked, and what it makes of one assignment. */
export interface Approved {
	manifest: Manifest;
	/** The argv to run. */
	command: string[];
}

export type Verdict = ({ ok: true } & Approved) | { ok: false; reason: string };

/**
 * Whether this assignment may run here: the signature over the exact text is by the key that was pinned when the
 * device enrolled, the manifest is the one the assignment names, it is meant for this platform, and the command that
 * was approved can be completed with the assignment's parameters. Nothing else that the server says is looked at.
 */
export function verifyManifest(
	signed: { appVersionId: string; manifest: string; signature: string },
	assignment: Pick<Assignment, "appVersionId" | "parameters">,
	pinned: { signingKey: string; platform: Platform },
): Verdict {
	if (!hasSigned(pinned.signingKey, signed.manifest, signed.signature))
		return refuse(
			"Its signature is not by the key that was pinned when this device enrolled.",
		);
	const manifest = parseManifest(signed.manifest);
	if (!manifest) return refuse("It is not a manifest that this agent knows.");
	if (
		manifest.appVersionId !== assignment.appVersionId ||
		manifest.appVersionId !== signed.appVersionId
	)
		return refuse("It belongs to another app version.");
	if (!manifest.platforms.includes(pinned.platform))
		return refuse(`It is not approved for ${pinned.platform}.`);
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
