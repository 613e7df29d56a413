"use client";

import type { inferRouterOutputs } from "@trpc/server";
import { Braces, Download, FileOutput } from "lucide-react";
import Link from "next/link";
import { ButtonLink } from "@/app/components/actions/button";
import { useTRPC } from "@/app/components/live/trpc-provider";
import { nextPage, useLivePages } from "@/app/components/live/use-live-pages";
import { EmptyState } from "@/app/components/notices/empty-state";
import type { Column } from "@/app/components/tables/data-table";
import { ListCard } from "@/app/components/tables/list-card";
import { showBytes } from "@/app/components/text/show-quantity";
import type { AppRouter } from "@/server/api/app-router";
import type { Batch } from "./batch-details";

type ResultFile =
	inferRouterOutputs<AppRouter>["batches"]["results"]["items"][number];

const columns: Column<ResultFile>[] = [
	{
		key: "index",
		header: "Work unit",
		align: "right",
		className: "w-24",
		cell: ({ index, workUnitId }) => (
			<Link href={`/work-units/${workUnitId}`} className="hover:underline">
				{index}
			</Link>
		),
	},
	{
		key: "path",
		header: "File",
		cell: ({ path, address }) => (
			<a
				href={address}
				download
				className="break-all font-medium hover:underline"
			>
				{path}
			</a>
		),
	},
	{
		key: "bytes",
		header: "Size",
		align: "right",
		cell: ({ bytes }) => showBytes(bytes),
	},
	{
		key: "sha256",
		header: "SHA-256",
		hideBelow: "lg",
		cell: ({ sha256 }) => (
			<code className="font-mono text-ink-faint text-xs" title={sha256}>
				{sha256.slice(0, 16)}…
			</code>
		),
	},
];

/** The canonical outputs of a batch, file by file, and all of them at once. */
export function ResultTable({ batch }: { batch: Batch }) {
	const trpc = useTRPC();
	const batchId = batch.id;
	const list = useLivePages(
		trpc.batches.results.infiniteQueryOptions(
			{ batchId, limit: 100 },
			nextPage,
		),
		[`batch:${batchId}`],
	);
	return (
		<ListCard
			title="Results"
			description="The outputs on which the devices agreed."
			actions={
				<>
					<ButtonLink
						size="sm"
						icon={<Braces aria-hidden />}
						href={`/batches/${batchId}/results.jsonl`}
						download
					>
						JSON Lines
					</ButtonLink>
					<ButtonLink
						size="sm"
						icon={<Download aria-hidden />}
						href={`/batches/${batchId}/results.zip`}
						download
					>
						All as one zip
					</ButtonLink>
				</>
			}
			list={list}
			caption="Results"
			columns={columns}
			rowKey={({ index, path }) => `${index}/${path}`}
			empty={
				<EmptyState icon={<FileOutput />} title="Nothing has come back yet">
					As soon as enough devices agree on a work unit, its outputs are here.
				</EmptyState>
			}
		/>
	);
}
