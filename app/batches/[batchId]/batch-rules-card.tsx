import { Card } from "@/app/components/layout/card";
import { FactsList } from "@/app/components/tables/facts-list";
import { CodeBlock } from "@/app/components/text/code-block";
import { showOperations, showSpan } from "@/app/components/text/show-quantity";
import { TimeAgo } from "@/app/components/text/time-ago";
import type { Batch } from "./batch-details";

const PLACEMENTS = {
	random: "Random",
	spread: "Spread",
	binpack: "Binpack",
	predictive: "Predictive",
};

/** What was submitted and under which rules. */
export function BatchRulesCard({ batch }: { batch: Batch }) {
	return (
		<Card title="What was submitted">
			<FactsList
				facts={[
					{ label: "App version", value: batch.appVersion.number },
					{ label: "Submitted by", value: batch.submitter.name },
					{ label: "Submitted", value: <TimeAgo at={batch.createdAt} /> },
					{ label: "Quorum", value: batch.quorum },
					{ label: "Copies at first", value: batch.targetCopies },
					{ label: "Errors allowed", value: batch.maxErrors },
					{ label: "Tasks allowed", value: batch.maxTotal },
					{ label: "Deadline", value: showSpan(batch.deadlineSeconds) },
					{ label: "Priority", value: batch.priority },
					{ label: "Placement", value: PLACEMENTS[batch.placement] },
					...(batch.placement === "predictive"
						? [
								{
									label: "Sure to finish",
									value: `${Number((batch.confidence * 100).toFixed(1))} %`,
								},
							]
						: []),
					{ label: "Frozen at most", value: showSpan(batch.maxFrozenSeconds) },
					{
						label: "Operations of one work unit",
						value: showOperations(batch.estimatedOperations),
					},
				]}
			/>
			<div className="mt-5">
				<CodeBlock label="Command" code={batch.command.join(" ")} wrap />
			</div>
		</Card>
	);
}
