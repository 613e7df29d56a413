import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
	mkdir,
	open,
	readdir,
	readFile,
	readlink,
	rm,
	writeFile,
} from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isProcessRunning } from "../../server/database/is-process-running.ts";
import { runCommand } from "../process/run-command.ts";
import { engineAnswers } from "./find-engine.ts";

const startTimeoutMs = 60_000;
const stopTimeoutMs = 30_000;

const programs = [
	{ pidFile: "docker.pid", program: "dockerd" },
	{ pidFile: "exec/containerd/containerd.pid", program: "containerd" },
];

/**
 * A Docker engine of our own beside any other, for machines that have none.
 *
 *   absent ──join──► running ──last leave──► absent
 *                      │  ▲
 *              killed  └──┘ the next join starts it again, or takes it over
 *
 * Images stay in its folder. What belongs to its running is in /run, because a
 * socket's path may have 107 bytes at the most, however deep the project lies.
 * It has no bridge of its own, so that it disturbs no other engine: containers
 * have no network, and builds use the machine's.
 */
export class OwnEngine {
	readonly address: string;
	readonly #folder: string;
	readonly #runFolder: string;

	constructor(folder: string) {
		const id = createHash("sha256").update(folder).digest("hex").slice(0, 12);
		this.#folder = folder;
		this.#runFolder = `/run/lull-${id}`;
		this.address = `unix://${this.#runFolder}/docker.sock`;
	}

	/** Resolves when it answers. Each process that joins must leave. */
	async join(): Promise<void> {
		await mkdir(this.#users, { recursive: true });
		await mkdir(this.#folder, { recursive: true });
		await writeFile(join(this.#users, String(process.pid)), "");
		// Its own, so that it does not read the one of the machine's engine.
		await writeFile(this.#settings, "{}\n");
		if (await engineAnswers(this.address)) return;
		await this.#removeStalePidFiles();
		for (const flags of [[], ["--iptables=false", "--ip-masq=false"]]) {
			if (await this.#start(flags)) return;
		}
		const log = await readFile(this.#log, "utf8").catch(() => "");
		const end = log.split("\n").slice(-15).join("\n");
		await this.leave();
		throw new Error(`dockerd did not start. The end of its log:\n${end}`);
	}

	/** Stops it when no other living process has joined; then no process of it is left. */
	async leave(): Promise<void> {
		await rm(join(this.#users, String(process.pid)), { force: true });
		if (await this.#isUsed()) return;
		// containerd ends by itself with dockerd, unless that was killed.
		for (const { pidFile, program } of programs) {
			await this.#stop(pidFile, program);
		}
		await this.#unmount();
		await rm(this.#runFolder, { recursive: true, force: true });
	}

	/** dockerd takes an ended process that nobody waited for to be alive, and would not start. */
	async #removeStalePidFiles(): Promise<void> {
		for (const { pidFile, program } of programs) {
			if ((await this.#runningPid(pidFile, program)) !== 0) continue;
			await rm(join(this.#runFolder, pidFile), { force: true });
		}
	}

	/** A dockerd that was killed leaves mounts, and a folder with one cannot be deleted. */
	async #unmount(): Promise<void> {
		const mounts = (await readFile("/proc/mounts", "utf8"))
			.split("\n")
			.map((line) => line.split(" ")[1] ?? "")
			.filter((path) =>
				[this.#folder, this.#runFolder].some((ours) =>
					path.startsWith(`${ours}/`),
				),
			);
		for (const path of mounts.toReversed()) {
			await runCommand("umount", ["-l", path]).catch(() => undefined);
		}
	}

	get #users(): string {
		return join(this.#runFolder, "users");
	}

	get #settings(): string {
		return join(this.#runFolder, "settings.json");
	}

	get #log(): string {
		return join(this.#folder, "dockerd.log");
	}

	async #isUsed(): Promise<boolean> {
		for (const name of await readdir(this.#users).catch(() => [])) {
			if (isProcessRunning(Number(name))) return true;
			await rm(join(this.#users, name), { force: true });
		}
		return false;
	}

	/** False when it ended by itself and no other process has started it meanwhile. */
	async #start(flags: string[]): Promise<boolean> {
		const log = await open(this.#log, "a");
		const child = spawn(
			"dockerd",
			[
				`--host=${this.address}`,
				`--data-root=${join(this.#folder, "data")}`,
				`--exec-root=${join(this.#runFolder, "exec")}`,
				`--pidfile=${join(this.#runFolder, "docker.pid")}`,
				`--config-file=${this.#settings}`,
				"--bridge=none",
				"--userland-proxy=false",
				"--log-level=warn",
				"--shutdown-timeout=5",
				...flags,
			],
			{ cwd: "/", detached: true, stdio: ["ignore", log.fd, log.fd] },
		);
		let ended = false;
		child.once("exit", () => {
			ended = true;
		});
		child.once("error", () => {
			ended = true;
		});
		child.unref();
		await log.close();
		const deadline = Date.now() + startTimeoutMs;
		while (Date.now() < deadline) {
			if (await engineAnswers(this.address)) return true;
			if (ended && (await this.#runningPid("docker.pid", "dockerd")) === 0) {
				return false;
			}
			await sleep(100);
		}
		return false;
	}

	async #stop(pidFile: string, program: string): Promise<void> {
		const pid = await this.#runningPid(pidFile, program);
		if (pid === 0) return;
		process.kill(pid, "SIGTERM");
		const deadline = Date.now() + stopTimeoutMs;
		while (isProcessRunning(pid)) {
			if (Date.now() > deadline) process.kill(pid, "SIGKILL");
			await sleep(50);
		}
	}

	/** Zero when there is none: a number in a stale file may belong to any program by now. */
	async #runningPid(pidFile: string, program: string): Promise<number> {
		const text = await readFile(join(this.#runFolder, pidFile), "utf8").catch(
			() => "",
		);
		const pid = Number(text);
		if (!Number.isInteger(pid) || pid <= 1 || !isProcessRunning(pid)) return 0;
		const executable = await readlink(`/proc/${pid}/exe`).catch(() => "");
		return basename(executable).startsWith(program) ? pid : 0;
	}
}
