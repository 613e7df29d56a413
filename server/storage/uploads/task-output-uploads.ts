import { v7 as uuidv7 } from "uuid";
import { type Db, inTransaction } from "../../database/db.ts";
import { AppError } from "../../errors.ts";
import type { Services } from "../../services.ts";
import { signAddress } from "../blobs/signed-address.ts";
import { UPLOAD_LIFETIME_MS } from "./create-upload.ts";
import { demandDiskSpace } from "./demand-disk-space.ts";
import { demandFileSize } from "./demand-file-size.ts";
import {
	grantUploads,
	shareOfDevice,
	shareOfOwner,
	shareOfTask,
} from "./upload-quota.ts";
import {
	countOpenUploadsOfDevice,
	countUploadsOfTask,
	insertUploads,
	listUploadsOfTask,
	lockUploadShare,
	type UploadRow,
} from "./upload-store.ts";

/*
 * A device says by itself how much it wants to bring, and what it brings lies on the server's disk. So what it may
 * bring is bounded three times: by task (everything that the task ever brought), by device and by its owner (what is
 * open now). What must stay true: nobody gets past a bound by asking twice at once. Counting and inserting are one
 * transaction, in which the owner's lock is held; whoever asks for another device of the same owner waits for it.
 */

/** Something that a task brings and that is too large for a report: an output, or its checkpoint. */
export interface LargeOutput {
	path: string;
	bytes: number;
	sha256: string;
}

/** Whose task it is, and how much it may write. */
export interface UploadingTask {
	id: string;
	deviceId: string;
	/** As owners are counted: see countedOwner. */
	ownerId: string;
	diskMiB: number;
}

export interface MissingOutputs {
	/** Whether this very task has brought them all. */
	complete: boolean;
	/** Where to bring those that can be taken now; the others when asked again. */
	uploads: { output: string; path: string }[];
}

type Purpose = "taskOutput" | "taskCheckpoint";

/**
 * Which of the outputs this very task has not brought yet, each with the address to upload it to. Asking again answers
 * with the same addresses, so that an upload that was cut off goes on where it was. When the device or its owner has
 * too much open already, fewer are answered, or none: to be asked again later.
 *
 * @throws AppError tooLarge when the task may never bring them, unavailable when the disk is nearly full
 */
export async function requestMissingOutputs(
	services: Services,
	task: UploadingTask,
	outputs: readonly LargeOutput[],
	purpose: Purpose = "taskOutput",
): Promise<MissingOutputs> {
	if (outputs.length === 0) return { complete: true, uploads: [] };
	const find = async (db: Db) =>
		sortOutputs(
			outputs,
			await listUploadsOfTask(db, task.id, purpose, services.clock.now()),
		);
	let { missing, begun, unasked } = await find(services.db);
	if (unasked.length > 0) {
		for (const { bytes } of unasked)
			demandFileSize(services.config.limits, purpose, bytes);
		await demandDiskSpace(
			services.config.dataFolder,
			unasked.reduce((sum, { bytes }) => sum + bytes, 0),
		);
		await inTransaction(services.db, async (tx) => {
			await lockUploadShare(tx, task.ownerId);
			// Another request for this task may have been first.
			({ missing, begun, unasked } = await find(tx));
			begun.push(...(await allowUploads(services, tx, task, unasked, purpose)));
		});
	}
	return {
		complete: missing.length === 0,
		uploads: begun.map(({ id, name, expiresAt }) => ({
			output: name,
			path: signAddress(
				services.secrets.blobSecret,
				{ kind: "upload", uploadId: id },
				expiresAt,
			),
		})),
	};
}

/** What of the outputs has not arrived, and of that: what has an upload already, and what has none. */
function sortOutputs(
	outputs: readonly LargeOutput[],
	uploads: readonly UploadRow[],
) {
	const brought = new Set(uploads.map(({ sha256 }) => sha256));
	const missing = outputs.filter(({ sha256 }) => !brought.has(sha256));
	const begun: Pick<UploadRow, "id" | "name" | "expiresAt">[] = [];
	const unasked: LargeOutput[] = [];
	for (const output of missing) {
		const upload = uploads.find(
			({ sha256, name, bytes }) =>
				sha256 === null && name === output.path && bytes === output.bytes,
		);
		if (upload) begun.push(upload);
		else unasked.push(output);
	}
	return { missing, begun, unasked };
}

/** Makes uploads for as many of the outputs as fit now. To be called with the owner's lock held. */
async function allowUploads(
	{ config, clock }: Services,
	tx: Db,
	{ id: taskId, deviceId, ownerId, diskMiB }: UploadingTask,
	outputs: readonly LargeOutput[],
	purpose: Purpose,
): Promise<UploadRow[]> {
	const task = {
		used: await countUploadsOfTask(tx, taskId),
		most: shareOfTask(diskMiB),
	};
	if (grantUploads(outputs, [task]).length < outputs.length)
		throw new AppError(
			"tooLarge",
			`The task has brought ${task.used.bytes} bytes in ${task.used.uploads} files already; together with the outputs that it lists now that is more than the ${task.most.bytes} bytes in ${task.most.uploads} files that it may bring.`,
		);
	const used = await countOpenUploadsOfDevice(tx, deviceId, ownerId);
	const granted = grantUploads(outputs, [
		{ used: used.device, most: shareOfDevice(config.limits) },
		{ used: used.owner, most: shareOfOwner(config.limits) },
	]);
	const expiresAt = new Date(clock.now().getTime() + UPLOAD_LIFETIME_MS);
	const rows = granted.map(({ path, bytes }) => ({
		id: uuidv7(),
		purpose,
		userId: null,
		taskId,
		deviceId,
		name: path,
		bytes,
		sha256: null,
		expiresAt,
	}));
	await insertUploads(tx, rows);
	return rows;
}
