import type { TestSpecification } from "vitest/node";
import { BaseSequencer } from "vitest/node";

/** The files that take the longest, by what was measured; the order of the others makes no difference. */
const LONGEST = [
	"e2e/demo-survives-kills",
	"e2e/every-page",
	"agent/agent-checkpoint",
	"agent/agent-guard",
	"agent/agent-owner-rules",
	"agent/agent-runs-tasks",
	"e2e/run-project",
	"agent/agent-survives",
	"agent/examples-run",
	"integration/hostile-input",
	"integration/predictor/train-predictor",
	"integration/embedded-database",
];

/** Begins with the longest files: one that began last would go on alone when all others are done. */
export class LongestFirst extends BaseSequencer {
	override async sort(
		files: TestSpecification[],
	): Promise<TestSpecification[]> {
		const place = ({ moduleId }: TestSpecification) => {
			const found = LONGEST.findIndex((name) =>
				moduleId.includes(`/test/${name}.test.`),
			);
			return found === -1 ? LONGEST.length : found;
		};
		return [...files].sort((a, b) => place(a) - place(b));
	}
}
