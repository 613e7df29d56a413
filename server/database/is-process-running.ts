import { readFileSync } from "node:fs";

/**
 * Whether the process runs. One that has ended and whose parent never asks for
 * its exit code goes on existing, in containers for good: that is not running.
 */
export function isProcessRunning(pid: number): boolean {
	if (!processExists(pid)) return false;
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
		const state = stat.slice(stat.lastIndexOf(")") + 2)[0];
		return state !== "Z" && state !== "X";
	} catch {
		return processExists(pid); // No /proc, or it went this moment.
	}
}

/** Whether the number is taken, be it by a process that has ended. */
export function processExists(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}
