import { z } from "zod";
import {
	ownerRulesSchema,
	weekHoursSchema,
} from "../../../agent/core/protocol.ts";
import { lineOfText } from "../../plain-text.ts";

const hours = weekHoursSchema
	.refine(({ from, until }) => from !== until, {
		path: ["until"],
		message: "must be another time than the beginning; for a whole day: 24:00",
	})
	.refine(({ from }) => from !== "24:00", {
		path: ["from"],
		message: "a day begins at 00:00",
	})
	.refine(({ days }) => new Set(days).size === days.length, {
		path: ["days"],
		message: "names a day twice",
	});

/** The owner's rules as they come from outside: what the protocol allows, that the database can hold and that means something. */
export const ownerRulesInput = ownerRulesSchema.extend({
	hours: z.array(hours).max(50).default([]),
	programs: z.array(lineOfText(64)).max(50).default([]),
	containers: z.array(lineOfText(128)).max(50).default([]),
	areas: z.array(lineOfText(80)).max(100).nullable().default(null),
	neverAreas: z.array(lineOfText(80)).max(100).default([]),
});
