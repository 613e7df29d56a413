import { z } from "zod";
import { ownerRulesSchema } from "../../agent/core/protocol.ts";
import {
	copyRules,
	getVisibleRules,
	setRules,
} from "../devices/rules/device-rules.ts";
import { ownerRulesInput } from "../devices/rules/owner-rules-input.ts";
import { restMeta } from "./rest-meta.ts";
import { userProcedure } from "./trpc.ts";

const meta = restMeta("Devices", { scope: "devices" });

const deviceInput = z.object({ deviceId: z.uuid() });

/** The owner's rules of a device; part of the devices' router. */
export const deviceRulesProcedures = {
	rules: userProcedure
		.meta(
			meta(
				"GET",
				"/devices/{deviceId}/rules",
				"The owner's rules of a device: when and how far it may be used",
			),
		)
		.input(deviceInput)
		.output(
			z.object({
				rules: ownerRulesSchema,
				projects: z
					.array(
						z.object({
							id: z.uuid(),
							slug: z.string(),
							name: z.string(),
							scienceArea: z.string(),
						}),
					)
					.describe("Those that the rules name"),
			}),
		)
		.query(({ ctx, input }) => getVisibleRules(ctx, ctx.user, input.deviceId)),

	setRules: userProcedure
		.meta(
			meta(
				"PUT",
				"/devices/{deviceId}/rules",
				"Replace the rules of a device",
				"A rule that is left out gets its default, so that `{}` resets them all. The device obeys within a second while it is connected, and keeps the rules while it is not.",
			),
		)
		.input(deviceInput.extend({ rules: ownerRulesInput }))
		.output(z.object({ ok: z.literal(true) }))
		.mutation(async ({ ctx, input }) => {
			await setRules(ctx, ctx.user, input.deviceId, input.rules);
			return { ok: true } as const;
		}),

	copyRules: userProcedure
		.meta(
			meta(
				"POST",
				"/devices/{deviceId}/rules/copy",
				"Give all your other devices the rules of this one",
			),
		)
		.input(deviceInput)
		.output(z.object({ changed: z.number().int() }))
		.mutation(async ({ ctx, input }) => ({
			changed: await copyRules(ctx, ctx.user, input.deviceId),
		})),
};
