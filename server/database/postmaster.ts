import { execFile } from "node:child_process";
import { readFile, readlink, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { isProcessRunning, processExists } from "./is-process-running.ts";

const run = promisify(execFile);

/** The main process of a PostgreSQL server that runs on a cluster. */
export type Postmaster = { pid: number; port: number };

/**
 * The server that runs on this cluster, by its own postmaster.pid, or undefined.
 * A file that a killed server left behind is told from a real one by looking at
 * the process, because its number may since have gone to any other program.
 */
export async function findPostmaster(
	cluster: string,
): Promise<Postmaster | undefined> {
	const named = await readPidFile(cluster);
	if (!named || !(await isPostmasterOf(named.pid, cluster))) return undefined;
	return named;
}

/**
 * PostgreSQL removes a stale postmaster.pid by itself, unless the number in it
 * is taken by some other program of the same account, which happens in
 * containers, where numbers are few. Only that case is dealt with here.
 */
export async function removeMisleadingPidFile(cluster: string): Promise<void> {
	const named = await readPidFile(cluster);
	if (!named || !processExists(named.pid)) return;
	if (await isPostmasterOf(named.pid, cluster)) return;
	await rm(join(cluster, "postmaster.pid"), { force: true });
}

async function readPidFile(cluster: string): Promise<Postmaster | undefined> {
	const text = await readFile(join(cluster, "postmaster.pid"), "utf8").catch(
		() => "",
	);
	const lines = text.split("\n");
	const pid = Number(lines[0]);
	const port = Number(lines[3]);
	return Number.isInteger(pid) && pid > 1 ? { pid, port } : undefined;
}

/** A postmaster's working directory is its cluster; without /proc its command line names it. */
async function isPostmasterOf(pid: number, cluster: string): Promise<boolean> {
	if (!isProcessRunning(pid)) return false;
	const home = await realpath(cluster);
	const workingFolder = await readlink(`/proc/${pid}/cwd`).catch(
		() => undefined,
	);
	if (workingFolder !== undefined) return workingFolder === home;
	const { stdout } = await run("ps", [
		"-ww",
		"-o",
		"command=",
		"-p",
		String(pid),
	]).catch(() => ({ stdout: "" }));
	return stdout.includes(home);
}
