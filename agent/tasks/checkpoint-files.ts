/**
 * What a program and the agent say to each other in /checkpoint. Everything else in there is the program's own, and
 * what goes to the next device.
 */

/** The program makes it at its start: it catches SIGUSR1 and writes a checkpoint then. */
export const READY_FILE = "ready";
/** The program makes it when the checkpoint that was asked for is whole. */
export const DONE_FILE = "done";

export const isSignFile = (path: string): boolean =>
	path === READY_FILE || path === DONE_FILE;
