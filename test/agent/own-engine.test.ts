import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isProcessRunning } from "../../server/database/is-process-running.ts";
import { engineAnswers } from "../../setup/engine/find-engine.ts";
import { OwnEngine } from "../../setup/engine/own-engine.ts";

const possible =
	process.platform === "linux" &&
	process.getuid?.() === 0 &&
	existsSync("/usr/sbin/dockerd");

let folder: string;
let engine: OwnEngine;

beforeEach(async () => {
	// Deeper than a socket's path may be long.
	folder = join(await mkdtemp(join(tmpdir(), "lull-")), "d".repeat(120));
	engine = new OwnEngine(folder);
});

afterEach(async () => {
	await engine.leave();
	await rm(dirname(folder), { recursive: true, force: true });
});

const pid = async () =>
	Number(
		await readFile(
			join(dirname(new URL(engine.address).pathname), "docker.pid"),
			"utf8",
		),
	);

describe.skipIf(!possible)("an engine of our own", () => {
	test("answers after joining, and nothing of it is left after leaving", async () => {
		await engine.join();
		expect(await engineAnswers(engine.address)).toBe(true);
		const running = await pid();
		await engine.leave();
		expect(isProcessRunning(running)).toBe(false);
		expect(await readFile("/proc/mounts", "utf8")).not.toContain(folder);
		await rm(folder, { recursive: true });
	});

	test("is taken over when its starter was killed, and not started twice", async () => {
		await engine.join();
		const running = await pid();
		await new OwnEngine(folder).join();
		expect(await pid()).toBe(running);
	});

	test("is started again when it was killed", async () => {
		await engine.join();
		const killed = await pid();
		process.kill(killed, "SIGKILL");
		while (await engineAnswers(engine.address));
		await engine.join();
		expect(await engineAnswers(engine.address)).toBe(true);
		expect(await pid()).not.toBe(killed);
	});
});
