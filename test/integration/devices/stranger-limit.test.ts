import { io, type Socket } from "socket.io-client";
import { afterAll, describe, expect, it } from "vitest";
import { AGENT_NAMESPACE } from "../../../agent/core/protocol.ts";
import { PAGE_SOCKET_PATH } from "../../../server/events/page-socket.ts";
import { ScriptedDevice } from "../../support/scripted-device.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServer } from "../../support/test-server.ts";
import { until } from "../../support/until.ts";

const database = testDatabase();
const server = testServer(database);
const sockets: Socket[] = [];
afterAll(() => {
	for (const socket of sockets) socket.disconnect();
});
const MIB = "x".repeat(1024 * 1024);

async function connect(
	namespace: string,
	options: { path?: string; transports: string[] },
) {
	const socket = io(`${server().url}${namespace}`, {
		...options,
		forceNew: true,
		reconnection: false,
	});
	sockets.push(socket);
	await new Promise((resolve) => socket.once("connect", () => resolve(null)));
	return socket;
}

/** "hung up", or what the server answered. */
const sayMuch = (socket: Socket, event: string): Promise<unknown> =>
	Promise.race([
		new Promise((resolve) =>
			socket.once("disconnect", () => resolve("hung up")),
		),
		socket.timeout(10_000).emitWithAck(event, { signature: MIB }),
	]);

describe("who has not said who they are", () => {
	it.each(["websocket", "polling"])(
		"is hung up on by %s instead of being listened to for as long as a device",
		async (transport) => {
			const stranger = await connect(AGENT_NAMESPACE, {
				transports: [transport],
			});
			expect(await sayMuch(stranger, "authenticate")).toBe("hung up");
		},
	);

	it("is answered as ever when they say little", async () => {
		const stranger = await connect(AGENT_NAMESPACE, {
			transports: ["websocket"],
		});
		const answer = await stranger
			.timeout(10_000)
			.emitWithAck("authenticate", { signature: "x".repeat(1000) });
		expect(answer).toMatchObject({ ok: false, code: "invalidInput" });
	});
});

describe("a device that has said who it is", () => {
	it("may send much at a time", async () => {
		const device = await ScriptedDevice.connect(
			database.db,
			server().url,
			() => undefined,
			{ offer: { cores: 0, accepting: false } },
		);
		sockets.push(device.socket as unknown as Socket);
		await until("it has its list", async () => device.wanted);
		expect(
			await device.socket
				.timeout(10_000)
				.emitWithAck("telemetry", { samples: [], more: MIB } as never),
		).toEqual({ ok: false });
		expect(device.socket.connected).toBe(true);
	});
});

describe("a page", () => {
	it("is hung up on when it says more than a page has to say", async () => {
		const page = await connect("", {
			path: PAGE_SOCKET_PATH,
			transports: ["websocket"],
		});
		expect(await sayMuch(page, "follow")).toBe("hung up");
	});
});
