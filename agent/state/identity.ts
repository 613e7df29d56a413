import { z } from "zod";
import { AgentError } from "../core/agent-error.ts";
import { readJsonFile, writeJsonFile } from "./json-file.ts";
import type { StateFolder } from "./state-folder.ts";

export const identitySchema = z.object({
	deviceId: z.uuid(),
	/** Origin of the server: `https://lull.example.org`. */
	server: z.url({ protocol: /^https?$/ }),
	name: z.string(),
	owner: z.string(),
	/** PKCS#8, base64url. Never leaves this file. */
	privateKey: z.string(),
	publicKey: z.string(),
	/** The server's key for manifests, pinned when the device enrolled. */
	signingKey: z.string(),
	enrolledAt: z.iso.datetime(),
});
export type Identity = z.infer<typeof identitySchema>;

/** Who this device is; undefined before it is enrolled. */
export function findIdentity(
	state: StateFolder,
): Promise<Identity | undefined> {
	return readJsonFile(state.identity, identitySchema);
}

/** @throws AgentError `identity` before the device is enrolled */
export async function getIdentity(state: StateFolder): Promise<Identity> {
	const identity = await findIdentity(state);
	if (identity) return identity;
	throw new AgentError(
		"identity",
		`This device is not enrolled (no identity in ${state.path}). Press "Add a device" in the portal and run the command it shows.`,
	);
}

export function writeIdentity(
	state: StateFolder,
	identity: Identity,
): Promise<void> {
	return writeJsonFile(state.identity, identity);
}
