import { type ChildProcess, spawn } from "node:child_process";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const root = join(import.meta.dirname, "..", "..");
const endWithParent = pathToFileURL(
	join(root, "setup", "process", "end-with-parent.mjs"),
).href;
const START_MS = 60_000;
/** pino's number for an error. */
const ERROR_LEVEL = 50;

/** The portal as its operator starts it: a process of its own, with the pages that were built. */
export class PortalProcess {
	readonly url: string;
	readonly #child: ChildProcess;
	#log = "";

	private constructor(url: string, child: ChildProcess) {
		this.url = url;
		this.#child = child;
		for (const stream of [child.stdout, child.stderr])
			stream?.on("data", (chunk: Buffer) => {
				this.#log += chunk.toString();
			});
	}

	/** Resolves when the portal says that it is ready. */
	static async start(
		variables: Record<string, string>,
	): Promise<PortalProcess> {
		const port = String(await findFreePort());
		const url = `http://127.0.0.1:${port}`;
		const child = spawn(
			process.execPath,
			["--import", endWithParent, "--import", "tsx", "server/main.ts"],
			{
				cwd: root,
				env: {
					...process.env,
					NODE_ENV: "production",
					HOST: "127.0.0.1",
					PORT: port,
					PUBLIC_URL: url,
					LULL_DEV: "",
					LULL_LOG_LEVEL: "info",
					TRAINING_CPU_PERCENT: "0",
					...variables,
				},
				stdio: ["ignore", "pipe", "pipe", "ipc"],
			},
		);
		const portal = new PortalProcess(url, child);
		await portal.#ready();
		return portal;
	}

	#ready(): Promise<void> {
		return new Promise((resolve, reject) => {
			const fail = (why: string) => {
				this.#child.kill("SIGKILL");
				reject(new Error(`The portal ${why}:\n${this.logEnd()}`));
			};
			const timer = setTimeout(() => fail("was not ready in time"), START_MS);
			const ended = () => {
				clearTimeout(timer);
				fail("ended at once; were its pages built?");
			};
			this.#child.once("exit", ended);
			this.#child.once("message", () => {
				clearTimeout(timer);
				this.#child.off("exit", ended);
				resolve();
			});
		});
	}

	/** The address that it printed for whoever makes the first super admin. */
	get firstAdminAddress(): string {
		const [address] = /http\S+\/setup\?code=\S+/.exec(this.#log) ?? [];
		if (!address) throw new Error(`No address was printed:\n${this.logEnd()}`);
		return address;
	}

	/** What it logged as an error: nothing that people do in a browser should be one. */
	errors(): string[] {
		return this.#log.split("\n").filter((line) => {
			const [, level] = /"level":"?(\w+)/.exec(line) ?? [];
			return level === "error" || Number(level) >= ERROR_LEVEL;
		});
	}

	logEnd(): string {
		return this.#log.split("\n").slice(-40).join("\n");
	}

	/** Asks it to end and waits until it has. */
	async stop(): Promise<void> {
		if (this.#child.exitCode !== null) return;
		const ended = new Promise((resolve) => this.#child.once("exit", resolve));
		this.#child.kill("SIGTERM");
		await ended;
	}
}

function findFreePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once("error", reject);
		server.listen(0, "127.0.0.1", () => {
			const { port } = server.address() as AddressInfo;
			server.close(() => resolve(port));
		});
	});
}
