"use client";

import { Settings } from "lucide-react";
import { ButtonLink } from "../../components/actions/button";
import { Card } from "../../components/layout/card";
import { PageBody } from "../../components/layout/page-body";
import { PageHeader } from "../../components/layout/page-header";
import { useTRPC } from "../../components/live/trpc-provider";
import { useLiveQuery } from "../../components/live/use-live-query";
import { Badge } from "../../components/notices/badge";
import { ErrorNotice } from "../../components/notices/error-notice";
import { Notice } from "../../components/notices/notice";
import { Skeleton } from "../../components/notices/skeleton";
import { StateBadge } from "../../components/notices/state-badge";
import { MarkdownText } from "../../components/text/markdown-text";
import type { ProjectDetails } from "../project-types";
import { AdminActions } from "./admin-actions";
import { NextStep } from "./next-step";
import { ProjectContributors } from "./project-contributors";
import { ProjectFigures } from "./project-figures";
import { ProjectPicture } from "./project-picture";
import { ProjectVersions } from "./project-versions";

/** A project as everyone sees it, with what more its researcher and the admins see and do. */
export function ProjectPage({ slug }: { slug: string }) {
	const trpc = useTRPC();
	const query = useLiveQuery(
		trpc.projects.get.queryOptions({ project: slug }),
		[],
	);
	const project = query.data;
	if (project) return <LoadedProject project={project} />;
	return (
		<PageBody>
			<PageHeader
				trail={[{ href: "/projects", label: "Projects" }]}
				title={slug}
			/>
			<ErrorNotice error={query.error} onRetry={() => query.refetch()} />
			{query.isPending && <Skeleton className="h-96" />}
		</PageBody>
	);
}

function LoadedProject({ project: first }: { project: ProjectDetails }) {
	const trpc = useTRPC();
	// The same query, followed by the project's id, which a slug alone does not tell.
	const { data: project = first } = useLiveQuery(
		trpc.projects.get.queryOptions({ project: first.slug }),
		[`project:${first.id}`],
	);
	return (
		<PageBody>
			<title>{`${project.name} · Lull`}</title>
			<PageHeader
				trail={[{ href: "/projects", label: "Projects" }]}
				title={project.name}
				badge={
					<>
						<Badge tone="accent">{project.scienceArea}</Badge>
						{(project.state !== "approved" || project.maySeeInside) && (
							<StateBadge state={project.state} />
						)}
					</>
				}
				description={`By ${project.owner.name}`}
				actions={
					<>
						{project.maySeeInside && project.approvedAt && (
							<ButtonLink href={`/projects/${project.slug}/batches`}>
								Batches
							</ButtonLink>
						)}
						{project.mayEdit && (
							<ButtonLink
								href={`/projects/${project.slug}/settings`}
								icon={<Settings aria-hidden />}
							>
								Settings
							</ButtonLink>
						)}
						<AdminActions project={project} />
					</>
				}
			/>
			<div className="space-y-6">
				{project.suspendedReason && (
					<Notice tone="bad" title="An admin has suspended this project">
						{project.suspendedReason}
					</Notice>
				)}
				{project.mayEdit && <NextStep project={project} />}
				{project.approvedAt && <ProjectFigures project={project} />}
				<div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
					<div className="min-w-0 space-y-6">
						{project.picture && <ProjectPicture project={project} />}
						<Card title="About">
							{project.description.trim() ? (
								<MarkdownText text={project.description} />
							) : (
								<p className="text-ink-faint text-sm">No description yet.</p>
							)}
						</Card>
						<ProjectVersions project={project} />
					</div>
					<div className="min-w-0 space-y-6">
						<Card title="What it does to devices">
							{project.impact.trim() ? (
								<MarkdownText text={project.impact} />
							) : (
								<p className="text-ink-faint text-sm">Not said yet.</p>
							)}
						</Card>
						{project.approvedAt && <ProjectContributors project={project} />}
					</div>
				</div>
			</div>
		</PageBody>
	);
}
