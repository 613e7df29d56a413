"use client";

import Link from "next/link";
import { useTRPC } from "../components/live/trpc-provider";
import { nextPage, useLivePages } from "../components/live/use-live-pages";
import type { Column } from "../components/tables/data-table";
import { totalColumn } from "./credit-columns";
import { RankTable } from "./rank-table";

interface ProjectRank {
	id: string;
	rank: number;
	slug: string;
	name: string;
	scienceArea: string;
	totalCredit: number;
	workUnitsDone: number;
}

const columns: Column<ProjectRank>[] = [
	{
		key: "name",
		header: "Project",
		cell: ({ slug, name, scienceArea }) => (
			<div className="min-w-0">
				<Link
					href={`/projects/${slug}`}
					className="break-words font-medium hover:underline"
				>
					{name}
				</Link>
				<div className="text-ink-faint text-xs">{scienceArea}</div>
			</div>
		),
	},
	{
		key: "done",
		header: "Work units done",
		align: "right",
		hideBelow: "sm",
		cell: ({ workUnitsDone }) => workUnitsDone.toLocaleString("en"),
	},
	totalColumn,
];

/** Projects by the credit that was granted in them. */
export function ProjectRanks() {
	const trpc = useTRPC();
	const list = useLivePages(
		trpc.credit.projects.infiniteQueryOptions({ limit: 50 }, nextPage),
		["overview"],
	);
	return (
		<RankTable
			caption="Projects by credit"
			columns={columns}
			list={list}
			rowHref={({ slug }) => `/projects/${slug}`}
		/>
	);
}
