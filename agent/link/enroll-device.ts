import { hostname } from "node:os";
import { z } from "zod";
import { AgentError, sentenceOf } from "../core/agent-error.ts";
import { AGENT_VERSION } from "../core/agent-version.ts";
import {
	type EnrolRequest,
	enrolAnswerSchema,
	enrolmentText,
	enrolRequestSchema,
} from "../core/protocol.ts";
import { makeDeviceKey, signText } from "../state/device-key.ts";
import {
	findIdentity,
	type Identity,
	writeIdentity,
} from "../state/identity.ts";
import type { StateFolder } from "../state/state-folder.ts";

const ANSWER_MS = 20_000;
const problemSchema = z.object({
	detail: z.string().optional(),
	title: z.string().optional(),
});

/** What is said when a device is enrolled. */
export interface EnrolmentChoices {
	server: string;
	code: string;
	name?: string | undefined;
	kind?: string | undefined;
}

/**
 * Trades a code for an identity: makes the key, proves it, pins the server's key for manifests.
 *
 * @throws AgentError `identity` when the folder has one already, `refused` when the server does not take the code,
 * `server` when it does not answer
 */
export async function enrollDevice(
	state: StateFolder,
	choices: EnrolmentChoices,
	now: Date,
): Promise<Identity> {
	await state.make();
	const known = await findIdentity(state);
	if (known)
		throw new AgentError(
			"identity",
			`This device is enrolled already, as "${known.name}" at ${known.server}. Say "lull-agent unenroll" first to change that.`,
		);
	const server = parseServer(choices.server);
	const key = makeDeviceKey();
	const request = makeRequest(choices, key);
	const answer = await post(
		new URL("/api/v1/devices/enroll", server).href,
		request,
	);
	const identity: Identity = {
		deviceId: answer.deviceId,
		server,
		name: request.name,
		owner: answer.owner,
		...key,
		signingKey: answer.signingKey,
		enrolledAt: now.toISOString(),
	};
	await writeIdentity(state, identity);
	return identity;
}

function parseServer(text: string): string {
	try {
		const url = new URL(/^https?:\/\//.test(text) ? text : `https://${text}`);
		return url.origin;
	} catch {
		throw new AgentError("usage", `"${text}" is not the address of a server.`);
	}
}

function makeRequest(
	{ code, name, kind }: EnrolmentChoices,
	key: { privateKey: string; publicKey: string },
): EnrolRequest {
	const parsed = enrolRequestSchema.safeParse({
		code,
		publicKey: key.publicKey,
		signature: signText(key.privateKey, enrolmentText(code)),
		name: name ?? hostname(),
		kind,
		agentVersion: AGENT_VERSION,
	});
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	throw new AgentError(
		"usage",
		`--${issue?.path.join(".")}: ${issue?.message}.`,
	);
}

async function post(url: string, request: EnrolRequest) {
	const response = await fetch(url, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify(request),
		signal: AbortSignal.timeout(ANSWER_MS),
	}).catch((error) => {
		throw new AgentError(
			"server",
			`The server at ${new URL(url).origin} does not answer (${sentenceOf(error.cause ?? error)}).`,
		);
	});
	const body: unknown = await response.json().catch(() => undefined);
	if (!response.ok) {
		const problem = problemSchema.safeParse(body).data;
		throw new AgentError(
			"refused",
			problem?.detail ??
				problem?.title ??
				`The server refused (${response.status}).`,
		);
	}
	const answer = enrolAnswerSchema.safeParse(body);
	if (!answer.success)
		throw new AgentError(
			"server",
			`What answers at ${new URL(url).origin} is not a Lull server.`,
		);
	return answer.data;
}
