import { readdir } from "node:fs/promises";
import { basename } from "node:path";
import { isOurCgroup } from "../engine/cgroup-paths.ts";
import { PROC, readIfThere } from "./host-files.ts";

/** The kernel keeps so many characters of a program's name. */
const COMM_LENGTH = 15;
/** A process this young may still become another program. */
const SETTLED_MS = 5_000;
/** And an old one rarely does: all are read anew after this. */
const FORGET_MS = 30_000;

/** The names that a process goes by: the kernel's short one, its program's file, and the script it runs. */
export function processNames(comm: string, cmdline: string): string[] {
	const [program = "", script = ""] = cmdline.split("\0");
	const names = [comm.trim(), basename(program)];
	if (/^(python|node|perl|ruby|bash|sh|java)[\d.]*$/.test(basename(program)))
		names.push(basename(script));
	return names.filter(Boolean).map((name) => name.toLowerCase());
}

/** Whether a process that goes by `names` is the program that the owner named. */
export function isNamed(names: readonly string[], wanted: string): boolean {
	const name = basename(wanted.trim()).toLowerCase();
	return names.some(
		(own) =>
			own === name || (own.length === COMM_LENGTH && name.startsWith(own)),
	);
}

/** Finds the owner's named programs among the machine's processes; ours, in our containers, are not theirs. */
export class ProgramSense {
	readonly #known = new Map<string, { names: string[]; sinceMs: number }>();
	#forgotAtMs = 0;

	/** The first of these programs that runs; undefined when none does. */
	async find(
		programs: readonly string[],
		nowMs: number,
	): Promise<string | undefined> {
		if (programs.length === 0) return undefined;
		const pids = (await readdir(PROC)).filter((name) => /^\d+$/.test(name));
		const alive = new Set(pids);
		if (nowMs - this.#forgotAtMs > FORGET_MS) {
			this.#known.clear();
			this.#forgotAtMs = nowMs;
		}
		for (const pid of this.#known.keys())
			if (!alive.has(pid)) this.#known.delete(pid);
		for (const pid of pids) {
			const names = await this.#namesOf(pid, nowMs);
			const program = programs.find((wanted) => isNamed(names, wanted));
			if (program && !(await isOurs(pid))) return program;
		}
		return undefined;
	}

	async #namesOf(pid: string, nowMs: number): Promise<string[]> {
		const known = this.#known.get(pid);
		if (known && nowMs - known.sinceMs > SETTLED_MS) return known.names;
		const comm = (await readIfThere(`${PROC}/${pid}/comm`)) ?? "";
		const cmdline = (await readIfThere(`${PROC}/${pid}/cmdline`)) ?? "";
		const names = processNames(comm, cmdline);
		this.#known.set(pid, { names, sinceMs: known?.sinceMs ?? nowMs });
		return names;
	}
}

/** By the cgroup: a process cannot leave it. */
async function isOurs(pid: string): Promise<boolean> {
	if (Number(pid) === process.pid && PROC === "/proc") return true;
	const cgroup = (await readIfThere(`${PROC}/${pid}/cgroup`)) ?? "";
	return isOurCgroup(cgroup);
}
