import { z } from "zod";
import { expandCommand } from "../../../agent/core/expand-command.ts";
import { parametersSchema } from "../../../agent/core/protocol.ts";
import type { Services } from "../../services.ts";
import { steadyExpiry } from "../../storage/blobs/signed-address.ts";
import type { listWorkUnits, WorkUnitRow } from "../batches/batch-store.ts";
import { signOutput } from "../results/result-listing.ts";
import { taskStateSchema, workUnitStateSchema } from "./batch-view.ts";

const count = z.number().int().min(0);

/** A file that was given to a work unit or came out of a task, with an address to fetch it from for a day. */
export const fileSchema = z.object({
	path: z.string(),
	bytes: count,
	sha256: z.string(),
	/** Absent for an input that is a part of a bigger file. */
	address: z.string().optional(),
});

/** Why a work unit failed, in words. */
const FAILURES: Record<string, string> = {
	tooManyErrors: "More tasks failed than the batch allows.",
	tooManyTasks:
		"As many tasks were made as the batch allows, and not enough of their results agree.",
};

export const describeFailure = (reason: string | null): string | null =>
	reason && (FAILURES[reason] ?? reason);

/** A work unit in a list. */
export const workUnitSchema = z.object({
	id: z.uuid(),
	index: count,
	state: workUnitStateSchema,
	parameters: parametersSchema,
	failureReason: z.string().nullable(),
	tasks: z.array(
		z.object({
			id: z.uuid(),
			number: count,
			state: taskStateSchema,
			progress: z.number(),
		}),
	),
	finishedAt: z.date().nullable(),
});

export const workUnitDetailsSchema = workUnitSchema.extend({
	batch: z.object({
		id: z.uuid(),
		name: z.string(),
		quorum: count.describe("What its work units began with"),
		project: z.object({ id: z.uuid(), slug: z.string(), name: z.string() }),
	}),
	command: z.array(z.string()),
	quorum: count.describe("How many results must agree"),
	targetCopies: count,
	canonicalTaskId: z.uuid().nullable(),
	inputs: z.array(fileSchema),
	tasks: z.array(
		z.object({
			id: z.uuid(),
			number: count,
			state: taskStateSchema,
			progress: z.number(),
			device: z.object({ id: z.uuid(), name: z.string() }).nullable(),
			startedAt: z.date().nullable(),
			reportedAt: z.date().nullable(),
			deadlineAt: z.date().nullable(),
			runSeconds: z.number().nullable(),
			errorCode: z.string().nullable(),
			outputDigest: z.string().nullable(),
			grantedCredit: z.number().nullable(),
			outputs: z.array(fileSchema),
		}),
	),
	createdAt: z.date(),
});

type ListedUnit = Awaited<ReturnType<typeof listWorkUnits>>[number];

export const toWorkUnitView = (
	unit: ListedUnit,
): z.infer<typeof workUnitSchema> => ({
	...unit,
	parameters: parametersSchema.parse(unit.parameters),
	failureReason: describeFailure(unit.failureReason),
});

export function viewWorkUnit(
	services: Services,
	unit: WorkUnitRow,
): z.infer<typeof workUnitDetailsSchema> {
	const { project, appVersion, ...batch } = unit.batch;
	const parameters = parametersSchema.parse(unit.parameters);
	return {
		...unit,
		parameters,
		failureReason: describeFailure(unit.failureReason),
		batch: { ...batch, project },
		command: expandCommand(appVersion.command, parameters),
		inputs: unit.inputs.map((input) => toInputView(services, input)),
		tasks: unit.tasks.map((task) => ({
			...task,
			outputs: task.outputs.map((output) =>
				toOutputView(services, output, unit.index),
			),
		})),
	};
}

interface StoredFile {
	path: string;
	sha256: string;
	bytes: bigint;
}

export const toOutputView = (
	services: Services,
	{ path, sha256, bytes }: StoredFile,
	index: number,
): z.infer<typeof fileSchema> => ({
	path,
	sha256,
	bytes: Number(bytes),
	address: signOutput(services, { sha256, path, index }),
});

export const toInputView = (
	{ blobs, clock }: Services,
	{ path, sha256, bytes, blobSha256 }: StoredFile & { blobSha256: string },
): z.infer<typeof fileSchema> => ({
	path,
	sha256,
	bytes: Number(bytes),
	...(blobSha256 === sha256 && {
		address: blobs.signDownload(sha256, {
			expiresAt: steadyExpiry(clock.now()),
			fileName: path.replaceAll("/", "-"),
		}),
	}),
});
