import { rm } from "node:fs/promises";
import net from "node:net";
import { join } from "node:path";
import type { StateFolder } from "../state/state-folder.ts";
import {
	type AgentStatus,
	type ControlRequest,
	controlRequestSchema,
	withSocketPath,
} from "./control-message.ts";

const LINE_BYTES = 4096;

/**
 * Hears the owner's commands, one connection and one line of JSON each (control-message.ts); what is no command is hung
 * up on. Whoever may open the socket may give every command: the folder's mode is the permission.
 *
 * Listens in the state folder, which only its owner may enter. Call it with the lock held: a socket that lies there
 * is a dead agent's.
 */
export async function startControlServer(
	state: StateFolder,
	answer: (request: ControlRequest) => Promise<AgentStatus>,
): Promise<() => Promise<void>> {
	const path = join(state.path, "agent.sock");
	await rm(path, { force: true });
	const server = net.createServer((socket) => serve(socket, answer));
	await withSocketPath(
		state,
		(path) =>
			new Promise<void>((resolve, reject) => {
				server.once("error", reject);
				server.listen(path, resolve);
			}),
	);
	server.unref();
	return async () => {
		server.close();
		await rm(path, { force: true });
	};
}

function serve(
	socket: net.Socket,
	answer: (request: ControlRequest) => Promise<AgentStatus>,
): void {
	let text = "";
	socket.setTimeout(5_000, () => socket.destroy());
	socket.on("error", () => socket.destroy());
	socket.on("data", (chunk) => {
		text += chunk.toString("utf8");
		const end = text.indexOf("\n");
		if (end < 0 && text.length > LINE_BYTES) socket.destroy();
		if (end < 0) return;
		const request = controlRequestSchema.safeParse(parse(text.slice(0, end)));
		if (!request.success) return void socket.destroy();
		answer(request.data).then(
			(status) => socket.end(JSON.stringify(status)),
			() => socket.destroy(),
		);
	});
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
