import { z } from "zod";
import {
	deviceKindSchema,
	enrolAnswerSchema,
	enrolRequestSchema,
} from "../../agent/core/protocol.ts";
import {
	blockDevice,
	changeDevice,
	resumed,
	retireDevice,
} from "../devices/change-device.ts";
import {
	answerEnrolment,
	getVisibleDevice,
	getVisibleTelemetry,
	listVisibleTasks,
	offerEnrolment,
} from "../devices/device-requests.ts";
import {
	countOnlineDevices,
	listDevices,
	summarizeOwner,
} from "../devices/device-store.ts";
import {
	deviceSchema,
	deviceStateSchema,
	deviceSummarySchema,
	deviceTaskSchema,
	ownerSummarySchema,
} from "../devices/device-view.ts";
import { lineOfText, plainText } from "../plain-text.ts";
import { telemetryPointSchema } from "../telemetry/downsample-telemetry.ts";
import { pageInput, pageOutput } from "./cursor-page.ts";
import { deviceForecastProcedures } from "./device-forecast-procedures.ts";
import { deviceGuardProcedures } from "./device-guard-procedures.ts";
import { deviceRulesProcedures } from "./device-rules-procedures.ts";
import { publicFigures, restMeta } from "./rest-meta.ts";
import {
	adminProcedure,
	publicProcedure,
	router,
	userProcedure,
} from "./trpc.ts";

const meta = restMeta("Devices", { scope: "devices" });
const forAdmins = restMeta("Devices", { scope: "moderation" });
const forAgents = restMeta("Devices", { open: "all" });

const deviceInput = z.object({ deviceId: z.uuid() });
const done = z.object({ ok: z.literal(true) });
const ok = { ok: true } as const;

const listInput = z.object({
	...pageInput,
	cursor: z.uuid().optional(),
	state: deviceStateSchema.optional(),
	kind: deviceKindSchema.optional(),
	search: plainText(80).optional().describe("Part of the device's name"),
});

export const devicesRouter = router({
	...deviceForecastProcedures,
	...deviceGuardProcedures,
	...deviceRulesProcedures,

	createEnrolmentCode: userProcedure
		.meta(
			meta(
				"POST",
				"/devices/enrolment-codes",
				"Ask for a code that enrolls one device within ten minutes",
			),
		)
		.input(
			z.object({
				name: lineOfText(80)
					.optional()
					.describe("What the device is to be called"),
				kind: deviceKindSchema.optional(),
			}),
		)
		.output(
			z.object({
				code: z.string(),
				expiresAt: z.date(),
				command: z.string(),
				dockerCommand: z.string(),
				pageUrl: z.string(),
			}),
		)
		.mutation(({ ctx, input }) => offerEnrolment(ctx, ctx.user, input)),

	enroll: publicProcedure
		.meta(
			forAgents(
				"POST",
				"/devices/enroll",
				"Trade a code for a device's identity",
				"For agents. The signature is Ed25519 over `lull-enrol:1:<CODE>`, the code in capitals without hyphens. Sending the same request again answers with the same device.",
			),
		)
		.input(
			enrolRequestSchema.extend({
				name: lineOfText(80),
				agentVersion: plainText(40),
			}),
		)
		.output(enrolAnswerSchema)
		.mutation(({ ctx, input }) => answerEnrolment(ctx, input, ctx.address)),

	list: userProcedure
		.meta(meta("GET", "/devices", "List your devices, the newest first"))
		.input(listInput)
		.output(pageOutput(deviceSummarySchema))
		.query(({ ctx, input: { cursor, limit, ...filter } }) =>
			listDevices(
				ctx.db,
				{ ...filter, ownerId: ctx.user.id },
				{ cursor, limit },
				ctx.clock.now(),
			),
		),

	listAll: adminProcedure
		.meta(forAdmins("GET", "/all-devices", "List everybody's devices (admins)"))
		.input(listInput.extend({ ownerId: z.uuid().optional() }))
		.output(pageOutput(deviceSummarySchema))
		.query(({ ctx, input: { cursor, limit, ...filter } }) =>
			listDevices(ctx.db, filter, { cursor, limit }, ctx.clock.now()),
		),

	summary: userProcedure
		.meta(meta("GET", "/device-summary", "Your devices in sum"))
		.input(z.object({}))
		.output(ownerSummarySchema)
		.query(({ ctx }) => summarizeOwner(ctx.db, ctx.user.id)),

	publicCounts: publicProcedure
		.meta(
			publicFigures(
				"GET",
				"/device-counts",
				"Devices online, by kind and by architecture",
			),
		)
		.input(z.object({}))
		.output(
			z.object({
				online: z.number().int(),
				byKind: z.record(z.string(), z.number().int()),
				byArchitecture: z.record(z.string(), z.number().int()),
			}),
		)
		.query(({ ctx }) => countOnlineDevices(ctx.db)),

	get: userProcedure
		.meta(meta("GET", "/devices/{deviceId}", "All that is known of a device"))
		.input(deviceInput)
		.output(deviceSchema)
		.query(({ ctx, input }) => getVisibleDevice(ctx, ctx.user, input.deviceId)),

	telemetry: userProcedure
		.meta(
			meta(
				"GET",
				"/devices/{deviceId}/telemetry",
				"A device's load between two times",
				"Times without samples have no point. Without `from` and `to`: the last 24 hours.",
			),
		)
		.input(
			deviceInput.extend({
				from: z.iso.datetime({ offset: true }).optional(),
				to: z.iso.datetime({ offset: true }).optional(),
				maxPoints: z.number().int().min(1).max(2000).default(360),
			}),
		)
		.output(
			z.object({
				stretchMs: z
					.number()
					.int()
					.describe("Milliseconds that one point stands for"),
				points: z.array(telemetryPointSchema),
			}),
		)
		.query(({ ctx, input }) => getVisibleTelemetry(ctx, ctx.user, input)),

	tasks: userProcedure
		.meta(
			meta(
				"GET",
				"/devices/{deviceId}/tasks",
				"What a device computes and has computed, the newest first",
			),
		)
		.input(deviceInput.extend({ ...pageInput, cursor: z.uuid().optional() }))
		.output(pageOutput(deviceTaskSchema))
		.query(({ ctx, input: { deviceId, ...page } }) =>
			listVisibleTasks(ctx, ctx.user, deviceId, page),
		),

	update: userProcedure
		.meta(
			meta(
				"PATCH",
				"/devices/{deviceId}",
				"Give a device another name or kind",
			),
		)
		.input(
			deviceInput.extend({
				name: lineOfText(80).optional(),
				kind: deviceKindSchema.optional(),
			}),
		)
		.output(done)
		.mutation(async ({ ctx, input: { deviceId, ...changes } }) => {
			await changeDevice(ctx, ctx.user, deviceId, changes);
			return ok;
		}),

	pause: userProcedure
		.meta(
			meta(
				"POST",
				"/devices/{deviceId}/pause",
				"Give back what runs on a device, and take nothing new",
			),
		)
		.input(deviceInput)
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await changeDevice(ctx, ctx.user, input.deviceId, { paused: true });
			return ok;
		}),

	drain: userProcedure
		.meta(
			meta(
				"POST",
				"/devices/{deviceId}/drain",
				"Finish what runs on a device, and take nothing new",
			),
		)
		.input(deviceInput)
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await changeDevice(ctx, ctx.user, input.deviceId, { draining: true });
			return ok;
		}),

	resume: userProcedure
		.meta(
			meta(
				"POST",
				"/devices/{deviceId}/resume",
				"Let a paused or draining device take tasks again",
			),
		)
		.input(deviceInput)
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await changeDevice(ctx, ctx.user, input.deviceId, resumed);
			return ok;
		}),

	retire: userProcedure
		.meta(
			meta(
				"POST",
				"/devices/{deviceId}/retire",
				"End a device's part in the network, for good",
			),
		)
		.input(deviceInput)
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await retireDevice(ctx, ctx.user, input.deviceId);
			return ok;
		}),

	block: adminProcedure
		.meta(
			forAdmins(
				"POST",
				"/devices/{deviceId}/block",
				"Place nothing on a device any more (admins)",
			),
		)
		.input(deviceInput.extend({ reason: plainText(500).trim().min(1) }))
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await blockDevice(ctx, ctx.user, input.deviceId, input.reason);
			return ok;
		}),

	unblock: adminProcedure
		.meta(
			forAdmins(
				"POST",
				"/devices/{deviceId}/unblock",
				"Let a blocked device take tasks again (admins)",
			),
		)
		.input(deviceInput)
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await blockDevice(ctx, ctx.user, input.deviceId, null);
			return ok;
		}),
});
