import { Prisma } from "../database/generated/client.ts";
import type { TaskState } from "../database/generated/enums.ts";

/** Tasks that the server wants on their device. */
export const ON_DEVICE_STATES = [
	"leased",
	"preparing",
	"running",
	"paused",
] as const satisfies readonly TaskState[];

/** Of these the device has said that it begun. */
export const BEGUN_STATES = [
	"preparing",
	"running",
	"paused",
] as const satisfies readonly TaskState[];

/** The owner of such a task's device has a copy of its work unit: no other device of theirs may have one. */
export const COPY_STATES = [
	...ON_DEVICE_STATES,
	"reported",
	"valid",
	"invalid",
] as const satisfies readonly TaskState[];

/**
 * The states as a list for `IN`, written into the statement: a set that never changes is a part of its text, and the
 * database plans by it.
 */
export const listStates = (states: readonly TaskState[]): Prisma.Sql =>
	Prisma.raw(`(${states.map((state) => `'${state}'`).join(", ")})`);
