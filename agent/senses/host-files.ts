import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";

/**
 * Where the machine's own /proc is. In a container of its own the agent sees only its own processes in /proc; the
 * install command mounts the machine's at /host/proc. LULL_AGENT_PROC names any other place.
 */
export const PROC =
	process.env.LULL_AGENT_PROC ||
	(existsSync("/host/proc/stat") ? "/host/proc" : "/proc");

/** What the kernel says in a file; undefined where there is no such file. */
export const readIfThere = (path: string): Promise<string | undefined> =>
	readFile(path, "utf8").catch(() => undefined);
