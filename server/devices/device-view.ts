import { z } from "zod";
import { deviceKindSchema } from "../../agent/core/protocol.ts";
import { viewCredit } from "../credit/credit-view.ts";
import type { Prisma } from "../database/generated/client.ts";
import { TaskState } from "../database/generated/enums.ts";

export const deviceStateSchema = z.enum([
	"pending",
	"online",
	"offline",
	"retired",
]);

const acceleratorsSchema = z.array(
	z.object({ kind: z.string(), name: z.string() }),
);

/** A device as its owner and the admins see it in a list. */
export const deviceSummarySchema = z.object({
	id: z.uuid(),
	name: z.string(),
	kind: deviceKindSchema,
	state: deviceStateSchema,
	paused: z.boolean(),
	draining: z.boolean(),
	blockedReason: z.string().nullable(),
	architecture: z.string().nullable(),
	cores: z.number().nullable(),
	memoryMiB: z.number().nullable(),
	dutyCpu: z.number().nullable().describe("Percent of the whole machine"),
	oursCpu: z.number().nullable().describe("Percent of the whole machine"),
	sampledAt: z.date().nullable(),
	lastSeenAt: z.date().nullable(),
	enrolledAt: z.date(),
	totalCredit: z.number(),
	recentCredit: z
		.number()
		.describe("Credit a day, half-life one week, as of now"),
	owner: z
		.object({ id: z.uuid(), name: z.string() })
		.nullable()
		.describe("Null: the device has no account"),
	activeTasks: z.number().int(),
	projects: z
		.array(z.string())
		.describe("Names of the projects it computes for at this moment"),
});
export type DeviceSummary = z.infer<typeof deviceSummarySchema>;

/** All that is known of one device. */
export const deviceSchema = deviceSummarySchema.extend({
	diskMiB: z.number().nullable(),
	accelerators: acceleratorsSchema,
	engine: z.string().nullable(),
	operatingSystem: z.string().nullable(),
	processor: z.string().nullable(),
	agentVersion: z.string().nullable(),
	integerOpsPerSecond: z.number().nullable().describe("On one core"),
	floatOpsPerSecond: z.number().nullable().describe("On one core"),
	measuredAt: z.date().nullable(),
	retiredAt: z.date().nullable(),
	trust: z.object({
		consecutiveValid: z.number().int(),
		validTasks: z.number().int(),
		invalidTasks: z.number().int(),
		erroredTasks: z.number().int(),
		lostTasks: z.number().int(),
	}),
});
export type DeviceView = z.infer<typeof deviceSchema>;

/** A task as the page of its device shows it. */
export const deviceTaskSchema = z.object({
	id: z.uuid(),
	state: z.enum(TaskState),
	progress: z.number(),
	leasedAt: z.date().nullable(),
	startedAt: z.date().nullable(),
	finishedAt: z.date().nullable(),
	runSeconds: z.number().nullable(),
	errorCode: z.string().nullable(),
	grantedCredit: z.number().nullable(),
	batch: z.object({ id: z.uuid(), name: z.string() }),
	project: z.object({ id: z.uuid(), name: z.string(), slug: z.string() }),
});
export type DeviceTask = z.infer<typeof deviceTaskSchema>;

export const ownerSummarySchema = z.object({
	pending: z.number().int(),
	online: z.number().int(),
	offline: z.number().int(),
	retired: z.number().int(),
	cores: z.number().int().describe("Of the devices that are online"),
	activeTasks: z.number().int(),
});
export type OwnerSummary = z.infer<typeof ownerSummarySchema>;

export type DeviceRow = Prisma.DeviceGetPayload<{
	include: {
		owner: { select: { id: true; name: true } };
		presence: true;
		credit: true;
	};
}>;

/** What a device is computing, found apart from its row. */
export interface DeviceWork {
	activeTasks: number;
	projects: string[];
}
const NO_WORK: DeviceWork = { activeTasks: 0, projects: [] };

export function summarizeDevice(
	row: DeviceRow,
	work: DeviceWork = NO_WORK,
	now: Date,
): DeviceSummary {
	return {
		id: row.id,
		name: row.name,
		kind: row.kind,
		state: row.state,
		paused: row.paused,
		draining: row.draining,
		blockedReason: row.blockedReason,
		architecture: row.architecture,
		cores: row.cores,
		memoryMiB: row.memoryMiB,
		dutyCpu: row.presence?.dutyCpu ?? null,
		oursCpu: row.presence?.oursCpu ?? null,
		sampledAt: row.presence?.sampledAt ?? null,
		lastSeenAt: row.presence?.lastSeenAt ?? null,
		enrolledAt: row.enrolledAt,
		...viewCredit(row.credit, now),
		owner: row.owner,
		...work,
	};
}

export function viewDevice(
	row: DeviceRow,
	work: DeviceWork = NO_WORK,
	trust: DeviceView["trust"],
	now: Date,
): DeviceView {
	const accelerators = acceleratorsSchema.safeParse(row.accelerators);
	return {
		...summarizeDevice(row, work, now),
		diskMiB: row.diskMiB,
		accelerators: accelerators.success ? accelerators.data : [],
		engine: row.engine,
		operatingSystem: row.operatingSystem,
		processor: row.processor,
		agentVersion: row.agentVersion,
		integerOpsPerSecond: row.integerOpsPerSecond,
		floatOpsPerSecond: row.floatOpsPerSecond,
		measuredAt: row.measuredAt,
		retiredAt: row.retiredAt,
		trust,
	};
}
