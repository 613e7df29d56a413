import { type ChildProcess, spawn } from "node:child_process";
import {
	mkdir,
	open,
	readdir,
	readFile,
	rm,
	writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { isProcessRunning } from "../../server/database/is-process-running.ts";
import { tell } from "./tell.ts";

const root = join(import.meta.dirname, "..", "..");
const endWithParent = pathToFileURL(
	join(import.meta.dirname, "end-with-parent.mjs"),
).href;
const stopTimeoutMs = 30_000;
const longEnoughMs = 15_000;
const mostShortRuns = 5;

export type ProgramOptions = {
	/** What people call it: "the portal". */
	name: string;
	/** For node: a script and its arguments. */
	args: string[];
	env: Record<string, string>;
	/** Its output is added to `<base>.log`; its number is in `<base>.pid`. */
	base: string;
};

/**
 * A program of ours in a process of its own.
 *
 *   stopped ──start──► running ──stop──► stopped
 *                       │   ▲
 *                 died  └───┘ started again, five times in a row at the most
 *
 * It has a process group of its own, so that Ctrl-C reaches only us and we stop
 * things in the right order; and it ends when we are gone (end-with-parent.mjs).
 */
export class ChildProgram {
	readonly #options: ProgramOptions;
	/** Rejects when it cannot be kept running. */
	readonly failed: Promise<never>;
	#fail: (error: Error) => void = () => undefined;
	#child: ChildProcess | undefined;
	#stopping = false;
	/** Settles when no child runs and none will be started. */
	#kept: Promise<void> = Promise.resolve();

	constructor(options: ProgramOptions) {
		this.#options = options;
		this.failed = new Promise((_, reject) => {
			this.#fail = reject;
		});
		this.failed.catch(() => undefined);
	}

	/** Starts it, and from then on again whenever it ends by itself. */
	start(): void {
		this.#kept = this.#keepRunning().catch((error) => this.#fail(error));
	}

	/** Asks it to end, and makes it if it does not. */
	async stop(): Promise<void> {
		this.#stopping = true;
		this.#child?.kill("SIGTERM");
		const timer = setTimeout(() => this.#child?.kill("SIGKILL"), stopTimeoutMs);
		await this.#kept;
		clearTimeout(timer);
		await rm(this.#pidFile, { force: true });
	}

	async logEnd(): Promise<string> {
		const log = await readFile(`${this.#options.base}.log`, "utf8").catch(
			() => "",
		);
		return log.trim().split("\n").slice(-20).join("\n");
	}

	get #pidFile(): string {
		return `${this.#options.base}.pid`;
	}

	async #keepRunning(): Promise<void> {
		const { name } = this.#options;
		for (let shortRuns = 0; !this.#stopping; ) {
			const startedAt = Date.now();
			const how = await this.#run();
			if (this.#stopping) return;
			shortRuns = Date.now() - startedAt < longEnoughMs ? shortRuns + 1 : 0;
			if (shortRuns >= mostShortRuns) {
				const log = await this.logEnd();
				return this.#fail(new Error(`${name} keeps ending (${how}):\n${log}`));
			}
			tell(`${name} ended (${how}); starting it again.`);
			await sleep(500);
		}
	}

	/** One run of the program; answers how it ended. */
	async #run(): Promise<string> {
		const { args, base, env } = this.#options;
		await mkdir(dirname(base), { recursive: true });
		const log = await open(`${base}.log`, "a");
		const child = spawn(
			process.execPath,
			["--import", endWithParent, ...args],
			{
				cwd: root,
				detached: true,
				env: { ...process.env, ...env },
				stdio: ["ignore", log.fd, log.fd, "ipc"],
			},
		);
		this.#child = child;
		const ended = new Promise<string>((resolve) => {
			child.once("exit", (code, signal) => resolve(signal ?? `code ${code}`));
			child.once("error", (error) => resolve(error.message));
		});
		await log.close();
		await writeFile(this.#pidFile, String(child.pid));
		return ended;
	}
}

/** Ends the programs whose numbers are in the folder: a command that was killed may have left some behind. */
export async function endProgramsLeftBehind(folder: string): Promise<void> {
	const names = await readdir(folder).catch(() => []);
	const pidFiles = names.filter((name) => name.endsWith(".pid"));
	await Promise.all(pidFiles.map((name) => endProcessOf(join(folder, name))));
}

/** The number may belong to any other program by now, so its command line must be one of ours. */
async function endProcessOf(pidFile: string): Promise<void> {
	const pid = Number(await readFile(pidFile, "utf8").catch(() => ""));
	if (!(pid > 0) || !isProcessRunning(pid)) return;
	const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(
		() => "",
	);
	if (!command.includes(endWithParent)) return;
	process.kill(pid, "SIGTERM");
	const deadline = Date.now() + stopTimeoutMs;
	while (isProcessRunning(pid)) {
		if (Date.now() > deadline) process.kill(pid, "SIGKILL");
		await sleep(50);
	}
}
