import type { IncomingMessage, ServerResponse } from "node:http";
import type { Db } from "../../database/db.ts";
import { AppError } from "../../errors.ts";
import { clientAddress } from "../../http/client-address.ts";
import type { Handler, Route } from "../../http/route.ts";
import type { Services } from "../../services.ts";
import { AgentDownloads, DOWNLOADS } from "./agent-downloads.ts";
import { agentInstallScript, refusalScript } from "./agent-install-script.ts";
import { hashEnrolmentCode } from "./enrolment-code.ts";
import { enrolmentCommands } from "./enrolment-commands.ts";
import { findEnrolmentCode } from "./enrolment-store.ts";
import { countingWrongCodes } from "./wrong-code-limit.ts";

type Needs = Pick<Services, "db" | "clock" | "config" | "log">;

/** `GET /install/<CODE>`: the shell script that makes a machine a device. `GET /downloads/<file>`: the programs. */
export function createAgentInstallRoutes(
	services: Needs,
	downloads: AgentDownloads = new AgentDownloads(),
): Route[] {
	return [
		{
			matches: (path) => /^\/install\/[A-Za-z0-9-]{8,40}$/.test(path),
			handle: readingOnly((request, response) =>
				sendInstallScript(services, downloads, request, response),
			),
		},
		{
			matches: (path) => path.startsWith("/downloads/"),
			handle: readingOnly((request, response) =>
				sendDownload(downloads, request, response),
			),
		},
	];
}

const readingOnly =
	(handle: Handler): Handler =>
	(request, response) => {
		if (request.method === "GET" || request.method === "HEAD")
			return handle(request, response);
		response.writeHead(405, { allow: "GET, HEAD" }).end();
	};

/**
 * What cannot be installed is a script too, one that says why and fails: it is piped into a shell, which would take an
 * empty answer for success.
 */
async function sendInstallScript(
	services: Needs,
	downloads: AgentDownloads,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const code = pathOf(request).split("/")[2] ?? "";
	if (request.headers.accept?.includes("text/html")) {
		const { pageUrl } = enrolmentCommands(services.config.publicUrl, code);
		return void response.writeHead(302, { location: pageUrl }).end();
	}
	const script = await makeScript(services, downloads, request, code).catch(
		(error: unknown) => {
			if (error instanceof AppError) return refusalScript(error.message);
			services.log.error({ err: error }, "An install script failed.");
			return refusalScript("The server cannot answer now. Try again.");
		},
	);
	response
		.writeHead(200, {
			"content-type": "text/x-shellscript; charset=utf-8",
			"cache-control": "no-store",
		})
		.end(request.method === "HEAD" ? undefined : script);
}

async function makeScript(
	{ db, clock, config }: Needs,
	downloads: AgentDownloads,
	request: IncomingMessage,
	code: string,
): Promise<string> {
	const now = clock.now();
	const address = clientAddress(request, config.trustedProxies);
	const stored = await countingWrongCodes(db, address, now, () =>
		getUsableCode(db, code, now),
	);
	return agentInstallScript({
		server: config.publicUrl,
		code,
		name: stored.name,
		kind: stored.kind,
		agentSha256: await downloads.checksum("lull-agent.mjs"),
	});
}

async function getUsableCode(db: Db, code: string, now: Date) {
	const stored = await findEnrolmentCode(db, hashEnrolmentCode(code));
	if (stored && !stored.usedAt && stored.expiresAt >= now) return stored;
	throw new AppError(
		stored ? "gone" : "notFound",
		"This code has expired or was used already. Press “Add a device” in the portal for a new one.",
	);
}

async function sendDownload(
	downloads: AgentDownloads,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const wanted = pathOf(request).slice("/downloads/".length);
	const name = DOWNLOADS.find(
		(known) => wanted === known || wanted === `${known}.sha256`,
	);
	if (!name) throw new AppError("notFound", "There is no such download.");
	const withBody = request.method === "GET";
	if (wanted === name) return downloads.send(name, response, withBody);
	const line = `${await downloads.checksum(name)}  ${name}\n`;
	response
		.writeHead(200, { "content-type": "text/plain; charset=utf-8" })
		.end(withBody ? line : undefined);
}

const pathOf = (request: IncomingMessage): string =>
	(request.url ?? "/").split("?", 1)[0] ?? "/";
