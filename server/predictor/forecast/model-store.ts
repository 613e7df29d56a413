import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { Db } from "../../database/db.ts";
import { MODEL_FORMAT, type Model, parseModel } from "./model.ts";

/** Older models are kept for comparing, not for ever. */
const KEPT_MODELS = 10;

/** Why a model was trained: there was none, its time had come, the world had changed, or an admin asked. */
export type TrainingReason = "first" | "schedule" | "drift" | "asked";

export interface StoredModel {
	id: string;
	version: number;
	trainedAt: Date;
	model: Model;
}

const compress = promisify(gzip);
const expand = promisify(gunzip);

/** Keeps a model as the newest, and forgets those that are long past. */
export async function saveModel(
	db: Db,
	model: Model,
	training: { reason: TrainingReason; cpuSeconds: number },
): Promise<{ id: string; version: number }> {
	const row = await db.predictorModel.create({
		data: {
			format: model.format,
			data: new Uint8Array(await compress(JSON.stringify(model))),
			accuracy: model.accuracy ?? {},
			devices: model.devices,
			rows: model.trainedRows,
			seconds: training.cpuSeconds,
			reason: training.reason,
			trainedAt: new Date(model.trainedAt),
		},
		select: { id: true, version: true },
	});
	await db.predictorModel.deleteMany({
		where: { version: { lte: row.version - KEPT_MODELS } },
	});
	return row;
}

/** What is known of the newest model of our format, without its trees. */
export const findNewestModelFacts = (db: Db) =>
	db.predictorModel.findFirst({
		where: { format: MODEL_FORMAT },
		orderBy: { version: "desc" },
		omit: { data: true },
	});

/** @throws AppError invalidInput when what is stored is broken */
export async function findNewestModel(
	db: Db,
): Promise<StoredModel | undefined> {
	const row = await db.predictorModel.findFirst({
		where: { format: MODEL_FORMAT },
		orderBy: { version: "desc" },
	});
	if (!row) return undefined;
	const { id, version, trainedAt, data } = row;
	const text = (await expand(data)).toString("utf8");
	return { id, version, trainedAt, model: parseModel(JSON.parse(text)) };
}
