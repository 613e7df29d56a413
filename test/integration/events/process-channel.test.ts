import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterEach, describe, expect, it } from "vitest";
import {
	createEventConnection,
	type EventConnection,
} from "../../../server/events/event-connection.ts";
import {
	createProcessChannel,
	type ProcessChannel,
} from "../../../server/events/process-channel.ts";
import { createLogger } from "../../../server/logger.ts";
import { testDatabase } from "../../support/test-database.ts";
import { until } from "../../support/until.ts";

const database = testDatabase();
const opened: { channel: ProcessChannel; connection: EventConnection }[] = [];
afterEach(async () => {
	for (const { channel, connection } of opened.splice(0)) {
		await channel.stop();
		await connection.close();
	}
});

async function aProcess() {
	const log = createLogger("silent");
	const connection = createEventConnection(database.url, log);
	const channel = createProcessChannel(connection, log);
	const heard: string[] = [];
	channel.on("devices", (names) => heard.push(...names));
	let gaps = 0;
	channel.onGap(() => gaps++);
	await channel.start();
	opened.push({ channel, connection });
	return { channel, heard, gaps: () => gaps };
}

const endConnections = () =>
	database.pool.query(
		`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE application_name = 'lull events' AND datname = current_database()`,
	);

describe("server processes", () => {
	it("hear each other, and not themselves", async () => {
		const [one, other] = [await aProcess(), await aProcess()];
		const id = randomUUID();
		one.channel.send("devices", [id]);
		await until("the other has heard", async () => other.heard.length > 0);
		expect(other.heard).toEqual([id]);
		other.channel.send("devices", ["back"], "hurry");
		await until("the first has heard", async () => one.heard.length > 0);
		expect(one.heard).toEqual(["back"]);
	});

	it("say thousands of changes in a few notices, each name once", async () => {
		const payloads: string[] = [];
		const listener = new pg.Client(database.url);
		await listener.connect();
		await listener.query("LISTEN lull_processes");
		listener.on("notification", ({ payload = "" }) => payloads.push(payload));
		const [one, other] = [await aProcess(), await aProcess()];
		const ids = Array.from({ length: 500 }, () => randomUUID());
		for (let i = 0; i < 20; i++)
			for (const id of ids) one.channel.send("devices", [id]);
		await until("all is heard", async () => other.heard.length >= ids.length);
		expect(other.heard).toEqual(ids);
		await until("all is seen", async () => payloads.length >= 3);
		expect(payloads).toHaveLength(3);
		for (const payload of payloads)
			expect(Buffer.byteLength(payload)).toBeLessThan(8_000);
		await listener.end();
	});

	it("listen again when the connection was lost, know of the gap, and then say what waited", async () => {
		const [one, other] = [await aProcess(), await aProcess()];
		await endConnections();
		one.channel.send("devices", ["while it was away"]);
		await until("both know", async () => one.gaps() > 0 && other.gaps() > 0);
		one.channel.send("devices", ["after"]);
		await until("it is heard", async () => other.heard.includes("after"));
		expect([one.gaps(), other.gaps()]).toEqual([1, 1]);
	});

	it("take the newest word of what was announced and withdrawn in one breath", async () => {
		const [one, other] = [await aProcess(), await aProcess()];
		const said: string[] = [];
		other.channel.on("announced", (names) => said.push(`announced ${names}`));
		other.channel.on("withdrawn", (names) => said.push(`withdrawn ${names}`));
		one.channel.send("announced", ["a", "b"]);
		one.channel.send("withdrawn", ["a"]);
		one.channel.send("announced", ["a"]);
		one.channel.send("withdrawn", ["b"]);
		await until("it is heard", async () => said.length >= 2);
		expect(said.toSorted()).toEqual(["announced a", "withdrawn b"]);
	});
});
