import { z } from "zod";
import {
	getVisibleOutlook,
	outlookSchema,
} from "../predictor/view/device-outlook.ts";
import { restMeta } from "./rest-meta.ts";
import { userProcedure } from "./trpc.ts";

const meta = restMeta("Devices", { scope: "devices" });

const HALF_DAY_MINUTES = 14 * 60;

/** What is expected of a device; part of the devices' router. */
export const deviceForecastProcedures = {
	forecast: userProcedure
		.meta(
			meta(
				"GET",
				"/devices/{deviceId}/forecast",
				"How long a device will stay idle, what is expected of the coming day, and how right its forecasts were",
			),
		)
		.input(
			z.object({
				deviceId: z.uuid(),
				utcOffsetMinutes: z
					.number()
					.int()
					.min(-HALF_DAY_MINUTES)
					.max(HALF_DAY_MINUTES)
					.default(0)
					.describe("Of your clock, for the rhythm in words"),
			}),
		)
		.output(outlookSchema)
		.query(({ ctx, input }) =>
			getVisibleOutlook(ctx, ctx.user, input.deviceId, input.utcOffsetMinutes),
		),
};
