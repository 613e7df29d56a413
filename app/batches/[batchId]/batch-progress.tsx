import { Hourglass } from "lucide-react";
import { batchShares } from "@/app/batches/batch-shares";
import { ProgressBar } from "@/app/components/charts/progress-bar";
import { StatTile } from "@/app/components/charts/stat-tile";
import { Card } from "@/app/components/layout/card";
import { StateBadge } from "@/app/components/notices/state-badge";
import { showCount, showSpan } from "@/app/components/text/show-quantity";
import { TimeAgo } from "@/app/components/text/time-ago";
import { showCredit } from "@/app/devices/show-number";
import type { Batch } from "./batch-details";

/** How far a batch is, when it will be over, and why its tasks wait. */
export function BatchProgress({ batch }: { batch: Batch }) {
	const tasks = Object.entries(batch.tasks).filter(([, count]) => count);
	return (
		<div className="space-y-4">
			<Card>
				<ProgressBar
					label="Work units done"
					parts={batchShares(batch)}
					detail={`${showCount(batch.doneUnits)} of ${showCount(batch.workUnits)}`}
				/>
				{batch.underWay && <UnderWay {...batch.underWay} />}
				{tasks.length > 0 && (
					<ul
						aria-label="Tasks by state"
						className="mt-5 flex flex-wrap gap-x-5 gap-y-2 text-sm"
					>
						{tasks.map(([state, count]) => (
							<li key={state} className="flex items-center gap-1.5">
								<StateBadge state={state} />
								<span className="tabular-nums">{showCount(count ?? 0)}</span>
							</li>
						))}
					</ul>
				)}
			</Card>
			<div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
				<EndTile batch={batch} />
				<StatTile
					label="Lately"
					value={showCount(Math.round(batch.unitsPerHour))}
					unit="an hour"
					detail="work units, over the last 10 minutes"
				/>
				<StatTile
					label="Failed"
					value={showCount(batch.failedUnits)}
					detail={
						batch.cancelledUnits > 0
							? `${showCount(batch.cancelledUnits)} cancelled`
							: undefined
					}
				/>
				<StatTile
					label="Credit given"
					value={showCredit(batch.grantedCredit)}
					detail="to the owners of the devices"
				/>
			</div>
			{batch.waitReasons.length > 0 && (
				<Card
					title={
						<span className="flex items-center gap-2">
							<Hourglass aria-hidden className="size-4 text-warn" />
							Why tasks wait
						</span>
					}
				>
					<ul className="list-disc space-y-1 pl-5 text-ink-soft text-sm">
						{batch.waitReasons.map((reason) => (
							<li key={reason}>{reason}</li>
						))}
					</ul>
				</Card>
			)}
		</div>
	);
}

/** A long act on the whole batch, which is carried out a part at a time. */
function UnderWay({ kind, done, total }: NonNullable<Batch["underWay"]>) {
	return (
		<div className="mt-4">
			<ProgressBar
				slim
				label={
					kind === "cancelling" ? "Cancelling" : "Running failed ones again"
				}
				value={total > 0 ? done / total : null}
				detail={`${showCount(done)} of ${showCount(total)}`}
			/>
		</div>
	);
}

function EndTile({ batch }: { batch: Batch }) {
	if (batch.finishedAt)
		return (
			<StatTile
				label="Ended"
				value={<TimeAgo at={batch.finishedAt} />}
				detail={
					<>
						submitted <TimeAgo at={batch.createdAt} />
					</>
				}
			/>
		);
	if (!batch.estimatedEnd)
		return (
			<StatTile
				label="Done in about"
				value="–"
				detail={
					batch.unitsPerHour > 0
						? "nothing is under way just now"
						: "too little has come back to say"
				}
			/>
		);
	const seconds = (new Date(batch.estimatedEnd).getTime() - Date.now()) / 1000;
	return (
		<StatTile
			label="Done in about"
			value={showSpan(Math.max(0, seconds))}
			detail="if it goes on as lately"
		/>
	);
}
