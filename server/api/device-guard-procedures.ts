import { z } from "zod";
import {
	getVisibleGuard,
	guardRecordView,
	guardSummarySchema,
	listVisibleGuardRecords,
} from "../devices/guard/guard-view.ts";
import {
	resumeDevices,
	takeDeviceBack,
	takeDevicesBack,
} from "../devices/guard/yours-now.ts";
import {
	addNeed,
	listVisibleNeeds,
	removeNeed,
} from "../devices/rules/owner-needs.ts";
import { pageInput, pageOutput } from "./cursor-page.ts";
import { restMeta } from "./rest-meta.ts";
import { userProcedure } from "./trpc.ts";

const meta = restMeta("Devices", { scope: "devices" });

const deviceInput = z.object({ deviceId: z.uuid() });
const images = z
	.boolean()
	.default(false)
	.describe("Remove the images of app versions too");
const time = z.iso.datetime({ offset: true });
const needSchema = z.object({
	id: z.uuid(),
	deviceId: z.uuid(),
	from: z.date(),
	until: z.date(),
});

/** What concerns the guard and the owner's word about when the device is needed; part of the devices' router. */
export const deviceGuardProcedures = {
	guard: userProcedure
		.meta(
			meta(
				"GET",
				"/devices/{deviceId}/guard",
				"How a device stands between its owner and tasks, and what its guard did in seven days",
			),
		)
		.input(deviceInput)
		.output(guardSummarySchema)
		.query(({ ctx, input }) => getVisibleGuard(ctx, ctx.user, input.deviceId)),

	guardRecords: userProcedure
		.meta(
			meta(
				"GET",
				"/devices/{deviceId}/guard-records",
				"Every freeze, thaw, checkpoint, give-back and removal of 90 days, the newest first",
			),
		)
		.input(deviceInput.extend({ ...pageInput, cursor: z.uuid().optional() }))
		.output(pageOutput(guardRecordView))
		.query(({ ctx, input: { deviceId, ...page } }) =>
			listVisibleGuardRecords(ctx, ctx.user, deviceId, page),
		),

	yoursNow: userProcedure
		.meta(
			meta(
				"POST",
				"/devices/{deviceId}/yours-now",
				"Freeze and remove every task on a device at once, and pause it",
				"The device answers with a guard record that has `requestId` as its id. Resuming the device takes the request back.",
			),
		)
		.input(deviceInput.extend({ images }))
		.output(z.object({ requestId: z.uuid() }))
		.mutation(async ({ ctx, input }) => ({
			requestId: await takeDeviceBack(
				ctx,
				ctx.user,
				input.deviceId,
				input.images,
			),
		})),

	allYoursNow: userProcedure
		.meta(
			meta(
				"POST",
				"/yours-now",
				"Freeze and remove every task on all your devices at once, and pause them",
			),
		)
		.input(z.object({ images }))
		.output(
			z.object({
				requests: z.array(
					z.object({
						deviceId: z.uuid(),
						requestId: z.uuid(),
						wasPaused: z.boolean().describe("It took no tasks before either"),
					}),
				),
			}),
		)
		.mutation(async ({ ctx, input }) => ({
			requests: await takeDevicesBack(ctx, ctx.user, input.images),
		})),

	resumeAll: userProcedure
		.meta(
			meta(
				"POST",
				"/resume-devices",
				"Let all your paused and draining devices take tasks again",
			),
		)
		.input(
			z.object({
				deviceIds: z
					.array(z.uuid())
					.max(10_000)
					.optional()
					.describe("Only these of yours"),
			}),
		)
		.output(z.object({ resumed: z.number().int() }))
		.mutation(async ({ ctx, input }) => ({
			resumed: await resumeDevices(ctx, ctx.user, input.deviceIds),
		})),

	needs: userProcedure
		.meta(
			meta(
				"GET",
				"/devices/{deviceId}/needs",
				"When its owner will need a device, by their own word",
			),
		)
		.input(deviceInput)
		.output(z.object({ needs: z.array(needSchema) }))
		.query(async ({ ctx, input }) => ({
			needs: await listVisibleNeeds(ctx, ctx.user, input.deviceId),
		})),

	addNeed: userProcedure
		.meta(
			meta(
				"POST",
				"/devices/{deviceId}/needs",
				"Say when you will need a device: the forecast counts it as busy then",
			),
		)
		.input(deviceInput.extend({ from: time, until: time }))
		.output(needSchema)
		.mutation(({ ctx, input }) => addNeed(ctx, ctx.user, input)),

	removeNeed: userProcedure
		.meta(
			meta(
				"DELETE",
				"/devices/{deviceId}/needs/{needId}",
				"Take back that you will need a device",
			),
		)
		.input(deviceInput.extend({ needId: z.uuid() }))
		.output(z.object({ ok: z.literal(true) }))
		.mutation(async ({ ctx, input }) => {
			await removeNeed(ctx, ctx.user, input.deviceId, input.needId);
			return { ok: true } as const;
		}),
};
