import { approveAssignment, type Verdict } from "../core/approve-assignment.ts";
import type { Assignment, Platform } from "../core/protocol.ts";
import { hasSigned } from "../state/device-key.ts";

/**
 * Whether this assignment may run here: the signature over the exact text is by the key that was pinned when the
 * device enrolled, and the text approves it. Nothing that is not signed is looked at before.
 */
export function verifyManifest(
	signed: { appVersionId: string; manifest: string; signature: string },
	assignment: Pick<Assignment, "appVersionId" | "parameters">,
	pinned: { signingKey: string; platform: Platform },
): Verdict {
	return hasSigned(pinned.signingKey, signed.manifest, signed.signature)
		? approveAssignment(signed, assignment, pinned.platform)
		: {
				ok: false,
				reason:
					"Its signature is not by the key that was pinned when this device enrolled.",
			};
}
