import { z } from "zod";
import { guardReasonSchema, guardRecordSchema } from "../protocol.ts";

/** Why the device stands aside for its owner, and what the guard did last. */
export const guardStatusSchema = z.object({
	/** While everything stands frozen: why, in a sentence, and since when (ISO 8601). */
	reason: guardReasonSchema.optional(),
	detail: z.string().optional(),
	since: z.string().optional(),
	/** The owner's CPU use is played, not sensed. */
	playedDuty: z.boolean(),
	/** What the guard cannot sense here, and why, a sentence each. */
	blind: z.array(z.string()),
	/** The newest last. */
	recent: z.array(guardRecordSchema),
});
export type GuardStatus = z.infer<typeof guardStatusSchema>;
