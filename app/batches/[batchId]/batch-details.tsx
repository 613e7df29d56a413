"use client";

import type { inferRouterOutputs } from "@trpc/server";
import { useState } from "react";
import { PageBody } from "@/app/components/layout/page-body";
import { PageHeader } from "@/app/components/layout/page-header";
import { Tabs } from "@/app/components/layout/tabs";
import { useTRPC } from "@/app/components/live/trpc-provider";
import { useLiveQuery } from "@/app/components/live/use-live-query";
import { ErrorNotice } from "@/app/components/notices/error-notice";
import { Skeleton } from "@/app/components/notices/skeleton";
import { StateBadge } from "@/app/components/notices/state-badge";
import type { AppRouter } from "@/server/api/app-router";
import { BatchActions } from "./batch-actions";
import { BatchPicture } from "./batch-picture";
import { BatchProgress } from "./batch-progress";
import { BatchRulesCard } from "./batch-rules-card";
import { ResultPlot } from "./result-plot";
import { ResultTable } from "./result-table";
import { WorkUnitTable } from "./work-unit-table";

export type Batch = inferRouterOutputs<AppRouter>["batches"]["get"];
type Side = "picture" | "units" | "results" | "plot" | "rules";

/** A batch, live. */
export function BatchDetails({ batchId }: { batchId: string }) {
	const trpc = useTRPC();
	const query = useLiveQuery(
		trpc.batches.get.queryOptions(
			{ batchId },
			// Reasons for waiting and the estimate change also while nothing happens.
			{ refetchInterval: 10_000 },
		),
		[`batch:${batchId}`],
	);
	const batch = query.data;
	if (!batch)
		return (
			<PageBody>
				{query.error ? (
					<ErrorNotice error={query.error} onRetry={() => query.refetch()} />
				) : (
					<div className="space-y-4">
						<Skeleton className="h-16" />
						<Skeleton className="h-48" />
					</div>
				)}
			</PageBody>
		);
	return (
		<PageBody>
			<PageHeader
				title={batch.name}
				badge={<StateBadge state={batch.state} />}
				trail={[
					{ href: "/batches", label: "Batches" },
					{
						href: `/projects/${batch.project.slug}`,
						label: batch.project.name,
					},
				]}
				actions={<BatchActions batch={batch} />}
			/>
			<BatchProgress batch={batch} />
			<div className="mt-10">
				<BatchSides batch={batch} />
			</div>
		</PageBody>
	);
}

function BatchSides({ batch }: { batch: Batch }) {
	const [side, setSide] = useState<Side>(
		batch.hasPicture ? "picture" : "units",
	);
	const tabs = [
		...(batch.hasPicture
			? [{ key: "picture", label: "Picture" } as const]
			: []),
		{ key: "units", label: "Work units", count: batch.workUnits },
		{ key: "results", label: "Results", count: batch.results.files },
		...(batch.results.files > 0
			? [{ key: "plot", label: "Plot" } as const]
			: []),
		{ key: "rules", label: "Rules" },
	] as const;
	return (
		<Tabs label="Batch" tabs={tabs} current={side} onChange={setSide}>
			{side === "picture" && <BatchPicture batchId={batch.id} />}
			{side === "units" && <WorkUnitTable batchId={batch.id} />}
			{side === "results" && <ResultTable batch={batch} />}
			{side === "plot" && <ResultPlot batchId={batch.id} />}
			{side === "rules" && <BatchRulesCard batch={batch} />}
		</Tabs>
	);
}
