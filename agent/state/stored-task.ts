import { z } from "zod";
import type { Ending } from "../core/plan.ts";
import {
	assignmentSchema,
	guardReasonSchema,
	type Report,
	reportSchema,
	signedManifestSchema,
	taskErrorCodeSchema,
} from "../core/protocol.ts";
import { readJsonFile, writeJsonFile } from "./json-file.ts";
import type { TaskFolder } from "./state-folder.ts";

// Each file of a task's folder is one fact, and stays until the folder goes: assignment.json (it is ours), ending.json
// (it must end before its program does), report.json (it has ended). What is true of a task is which of them are there.

/** What a task's folder keeps, so that it goes on without the server: what to do, and who allowed it. */
export const storedTaskSchema = z.object({
	assignment: assignmentSchema,
	manifest: signedManifestSchema,
	takenAt: z.iso.datetime(),
});
export type StoredTask = z.infer<typeof storedTaskSchema>;

const endingSchema = z.object({
	outcome: z.enum(["failed", "returned"]),
	errorCode: taskErrorCodeSchema,
	errorDetail: z.string(),
	askForCheckpoint: z.boolean().optional(),
	guardReason: guardReasonSchema.optional(),
}) satisfies z.ZodType<Ending>;

export const readStoredTask = (folder: TaskFolder) =>
	readJsonFile(folder.assignment, storedTaskSchema);
export const writeStoredTask = (folder: TaskFolder, task: StoredTask) =>
	writeJsonFile(folder.assignment, task);

export const readEnding = (folder: TaskFolder) =>
	readJsonFile(folder.ending, endingSchema);
export const writeEnding = (folder: TaskFolder, ending: Ending) =>
	writeJsonFile(folder.ending, ending);

export const readReport = (folder: TaskFolder): Promise<Report | undefined> =>
	readJsonFile(folder.report, reportSchema);
export const writeReport = (folder: TaskFolder, report: Report) =>
	writeJsonFile(folder.report, report);

export const readAttempts = async (folder: TaskFolder): Promise<number> =>
	(await readJsonFile(folder.attempts, z.number().int().min(0))) ?? 0;
export const writeAttempts = (folder: TaskFolder, attempts: number) =>
	writeJsonFile(folder.attempts, attempts);
