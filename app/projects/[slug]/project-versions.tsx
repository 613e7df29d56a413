"use client";

import { PackageOpen, Plus } from "lucide-react";
import Link from "next/link";
import { ButtonLink } from "../../components/actions/button";
import { useTRPC } from "../../components/live/trpc-provider";
import { nextPage, useLivePages } from "../../components/live/use-live-pages";
import { EmptyState } from "../../components/notices/empty-state";
import { StateBadge } from "../../components/notices/state-badge";
import type { Column } from "../../components/tables/data-table";
import { ListCard } from "../../components/tables/list-card";
import { showBytes } from "../../components/text/show-quantity";
import { TimeAgo } from "../../components/text/time-ago";
import { showMemory } from "../../devices/show-number";
import type { AppVersion, ProjectDetails } from "../project-types";
import { joinCommand } from "./app-versions/new/split-command";

const columnsOf = (slug: string): Column<AppVersion>[] => [
	{
		key: "number",
		header: "Version",
		cell: ({ number, command }) => (
			<div className="min-w-0">
				<Link
					href={`/projects/${slug}/app-versions/${number}`}
					className="font-medium hover:underline"
				>
					Version {number}
				</Link>
				<code className="block max-w-[45vw] truncate font-mono text-ink-faint text-xs sm:max-w-72">
					{joinCommand(command)}
				</code>
			</div>
		),
	},
	{
		key: "state",
		header: "State",
		cell: ({ state }) => <StateBadge state={state} />,
	},
	{
		key: "needs",
		header: "Needs",
		hideBelow: "md",
		cell: ({ cores, memoryMiB }) =>
			`${cores} ${cores === 1 ? "core" : "cores"}, ${showMemory(memoryMiB)}`,
	},
	{
		key: "download",
		header: "Download",
		align: "right",
		hideBelow: "sm",
		cell: ({ archiveBytes }) =>
			archiveBytes === null ? "–" : showBytes(archiveBytes),
	},
	{
		key: "made",
		header: "Made",
		align: "right",
		hideBelow: "md",
		cell: ({ createdAt }) => <TimeAgo at={createdAt} />,
	},
];

/** What runs: the versions of a project's program. */
export function ProjectVersions({ project }: { project: ProjectDetails }) {
	const trpc = useTRPC();
	const list = useLivePages(
		trpc.appVersions.list.infiniteQueryOptions(
			{ project: project.slug, limit: 10 },
			nextPage,
		),
		[`project:${project.id}`],
	);
	const add = project.mayEdit && project.state !== "finished" && (
		<ButtonLink
			size="sm"
			href={`/projects/${project.slug}/app-versions/new`}
			icon={<Plus aria-hidden />}
		>
			New version
		</ButtonLink>
	);
	return (
		<ListCard
			title="What runs"
			actions={add}
			list={list}
			caption="App versions"
			columns={columnsOf(project.slug)}
			rowKey={({ id }) => id}
			rowHref={({ number }) =>
				`/projects/${project.slug}/app-versions/${number}`
			}
			empty={
				<EmptyState icon={<PackageOpen />} title="No version yet">
					{project.mayEdit
						? "Bring a Dockerfile with its folder, an image archive, an image's reference, or a folder of code."
						: "Nothing of this project has been approved to run."}
				</EmptyState>
			}
		/>
	);
}
