import Link from "next/link";
import { Badge } from "../components/notices/badge";
import { StateBadge } from "../components/notices/state-badge";
import { TimeAgo } from "../components/text/time-ago";
import { showCredit } from "../devices/show-number";
import { plainSummary } from "./plain-summary";
import type { ProjectSummary } from "./project-types";

/** A project among others. */
export function ProjectCard({ project }: { project: ProjectSummary }) {
	return (
		<article className="relative flex min-w-0 flex-col rounded-2xl border border-line bg-surface p-5 shadow-card transition-colors focus-within:border-accent hover:border-line-strong">
			<div className="flex flex-wrap items-center justify-between gap-2">
				<Badge tone="accent">{project.scienceArea}</Badge>
				{project.state !== "approved" && <StateBadge state={project.state} />}
			</div>
			<h2 className="mt-3 font-semibold text-base">
				<Link
					href={`/projects/${project.slug}`}
					className="break-words after:absolute after:inset-0 after:rounded-2xl"
				>
					{project.name}
				</Link>
			</h2>
			<p className="mt-1.5 line-clamp-4 break-words text-ink-soft text-sm">
				{plainSummary(project.summary) || "No description yet."}
			</p>
			<p className="mt-auto pt-4 text-ink-faint text-xs">
				{project.owner.name} ·{" "}
				{project.totalCredit > 0 ? (
					<>{showCredit(project.totalCredit)} credit so far</>
				) : (
					<>
						begun <TimeAgo at={project.createdAt} />
					</>
				)}
			</p>
		</article>
	);
}
