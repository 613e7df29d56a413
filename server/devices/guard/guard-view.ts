import { z } from "zod";
import { guardRecordSchema } from "../../../agent/core/protocol.ts";
import type { CurrentUser } from "../../accounts/current-user.ts";
import type { Services } from "../../services.ts";
import { demandVisible } from "../device-requests.ts";
import {
	listGuardRecords,
	listNewestOfEachAction,
	sumGuardRecords,
} from "./guard-record-store.ts";
import { guardStateOf } from "./guard-state.ts";
import { findGuarded } from "./guarded-device-store.ts";

type Person = Pick<CurrentUser, "id" | "accessLevel">;
type Needs = Pick<Services, "db" | "clock">;

const SUMMED_MS = 7 * 86_400_000;

/** A record as pages show it. */
export const guardRecordView = guardRecordSchema.extend({ at: z.date() });

/** How a device stands, and what its guard did in the last seven days. */
export const guardSummarySchema = z.object({
	state: z
		.enum(["idle", "working", "steppedAside", "leaving", "gone"])
		.describe(
			"leaving: the owner wants the device now and it has not answered yet",
		),
	since: z.date().nullable().describe("Of steppedAside and gone"),
	detail: z.string().nullable().describe("The guard's own sentence"),
	latencyMs: z
		.number()
		.nullable()
		.describe("After so many milliseconds the device was its owner's again"),
	yoursNow: z
		.object({ requestId: z.uuid(), images: z.boolean() })
		.nullable()
		.describe("A request that the device has not answered yet"),
	week: z.object({
		freezes: z.number().int(),
		giveBacks: z.number().int(),
		frozenSeconds: z.number(),
		freezeP50Ms: z.number().nullable(),
		freezeP99Ms: z.number().nullable(),
	}),
});
export type GuardSummary = z.infer<typeof guardSummarySchema>;

/** @throws AppError notFound, also when it is somebody else's */
export async function getVisibleGuard(
	{ db, clock }: Needs,
	person: Person,
	deviceId: string,
): Promise<GuardSummary> {
	await demandVisible({ db }, person, deviceId);
	const now = clock.now();
	const since = new Date(now.getTime() - SUMMED_MS);
	const [device, newest, week] = await Promise.all([
		findGuarded(db, deviceId),
		listNewestOfEachAction(db, deviceId),
		sumGuardRecords(db, deviceId, since, now),
	]);
	const { yoursNow } = device;
	const state = guardStateOf({ ...device, yoursNow: !!yoursNow }, newest);
	return {
		since: null,
		detail: null,
		latencyMs: null,
		...state,
		yoursNow,
		week,
	};
}

/** @throws AppError notFound, also when it is somebody else's */
export async function listVisibleGuardRecords(
	{ db }: Needs,
	person: Person,
	deviceId: string,
	page: { cursor?: string | undefined; limit: number },
) {
	await demandVisible({ db }, person, deviceId);
	return listGuardRecords(db, deviceId, page);
}
