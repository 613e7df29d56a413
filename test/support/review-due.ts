import { OutputComparisons } from "../../server/work-units/review/output-comparisons.ts";
import {
	type ReviewPass,
	reviewDueWorkUnits,
} from "../../server/work-units/review/review-due-work-units.ts";
import type { TestServices } from "./test-services.ts";

/** One pass of the review by services' clock; results that must be read are set aside for the test's next one. */
export const reviewDue = (
	services: TestServices,
	limit = 100,
): Promise<ReviewPass> =>
	reviewDueWorkUnits(
		services,
		limit,
		new OutputComparisons(services, services.threads.compare),
	);
