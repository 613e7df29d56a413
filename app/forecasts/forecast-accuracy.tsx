"use client";

import { useQuery } from "@tanstack/react-query";
import { MoonStar } from "lucide-react";
import { StatTile } from "../components/charts/stat-tile";
import { Card } from "../components/layout/card";
import { PageBody } from "../components/layout/page-body";
import { PageHeader } from "../components/layout/page-header";
import { useTRPC } from "../components/live/trpc-provider";
import { EmptyState } from "../components/notices/empty-state";
import { ErrorNotice } from "../components/notices/error-notice";
import { Skeleton } from "../components/notices/skeleton";
import { FactsList } from "../components/tables/facts-list";
import { showCount, showSpan } from "../components/text/show-quantity";
import { TimeAgo } from "../components/text/time-ago";
import { AccuracyDays } from "./accuracy-days";
import { FORECASTERS } from "./forecaster-names";
import { ReliabilityChart } from "./reliability-chart";
import { showPercent, showScore } from "./show-score";

/** How right the network's forecasts are, for everybody to check. */
export function ForecastAccuracy() {
	const query = usePredictor();
	return (
		<PageBody>
			<PageHeader
				title="Forecasts"
				description="Work goes only to devices that will probably stay idle long enough. Every forecast that led to a placement is held against what happened; here is how right they were in the last 30 days."
			/>
			{query.error ? (
				<ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
			) : query.data ? (
				<Loaded view={query.data} />
			) : (
				<div className="space-y-6">
					<Skeleton className="h-24" />
					<Skeleton className="h-72" />
				</div>
			)}
		</PageBody>
	);
}

function usePredictor() {
	const trpc = useTRPC();
	return useQuery(
		trpc.predictor.get.queryOptions({}, { refetchInterval: 60_000 }),
	);
}
type View = NonNullable<ReturnType<typeof usePredictor>["data"]>;

function Loaded({ view }: { view: View }) {
	const placed = view.days.reduce((sum, day) => sum + day.placed, 0);
	const interrupted = view.days.reduce((sum, day) => sum + day.interrupted, 0);
	return (
		<div className="space-y-6">
			<div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
				<StatTile
					label="Forecasts checked"
					value={showCount(view.accuracy.forecasts)}
					detail="their time is over and was measured"
				/>
				<StatTile
					label="Brier score"
					value={showScore(view.accuracy.brier)}
					detail="0 is perfect, 0.25 is a coin"
				/>
				<StatTile
					label="Calibration error"
					value={showPercent(view.accuracy.calibrationError)}
					detail="how far what is said is from what holds"
				/>
				<StatTile
					label="Given back"
					value={placed ? showPercent(interrupted / placed) : "–"}
					detail="of the tasks, because the owner came"
				/>
			</div>
			<Card
				title="Do they keep their word?"
				description="Of the windows that were given 90 %, 90 % should hold: points on the line are forecasts that keep their word."
			>
				{view.accuracy.reliability.length ? (
					<ReliabilityChart points={view.accuracy.reliability} />
				) : (
					<EmptyState icon={<MoonStar />} title="Nothing to check yet">
						A forecast is checked when its time is over, some minutes after the
						task it was for.
					</EmptyState>
				)}
			</Card>
			{view.days.length > 1 && (
				<Card title="Day by day">
					<AccuracyDays days={view.days} />
				</Card>
			)}
			<div className="grid gap-6 lg:grid-cols-2">
				<Card
					title="Who forecasts"
					description="Simple ways compete on each device's own last days; the best one is used."
				>
					<FactsList
						facts={view.forecasters.map(({ forecaster, devices }) => ({
							label: FORECASTERS[forecaster].label,
							value: `${showCount(devices)} ${devices === 1 ? "device" : "devices"}`,
						}))}
					/>
					{view.forecasters.length === 0 && (
						<p className="text-ink-soft text-sm">No device is forecast yet.</p>
					)}
				</Card>
				<Card
					title="The model"
					description="Gradient-boosted trees, trained by the portal itself on the duty that devices report."
				>
					{view.model ? (
						<FactsList
							facts={[
								{ label: "Version", value: view.model.version },
								{
									label: "Trained",
									value: <TimeAgo at={view.model.trainedAt} />,
								},
								{ label: "Devices", value: showCount(view.model.devices) },
								{ label: "Rows", value: showCount(view.model.rows) },
								{
									label: "Processor time",
									value: showSpan(view.model.cpuSeconds),
								},
								{
									label: "Brier score on days it had not seen",
									value: showScore(view.model.brier),
								},
							]}
						/>
					) : (
						<p className="text-ink-soft text-sm">
							It is being trained; that takes a minute.
						</p>
					)}
				</Card>
			</div>
		</div>
	);
}
