"use client";

import { HeartHandshake } from "lucide-react";
import { ButtonLink } from "../../components/actions/button";
import { Card } from "../../components/layout/card";
import { useTRPC } from "../../components/live/trpc-provider";
import { useLiveQuery } from "../../components/live/use-live-query";
import { EmptyState } from "../../components/notices/empty-state";
import { ErrorNotice } from "../../components/notices/error-notice";
import { showCredit } from "../../devices/show-number";
import type { ProjectDetails } from "../project-types";

/** Who gave the most to a project. */
export function ProjectContributors({ project }: { project: ProjectDetails }) {
	const trpc = useTRPC();
	const { data, error } = useLiveQuery(
		trpc.projects.contributions.queryOptions({ project: project.slug }),
		[`project:${project.id}`],
	);
	return (
		<Card title="Who computed it">
			<ErrorNotice error={error} />
			{data?.top.length === 0 && (
				<EmptyState
					icon={<HeartHandshake />}
					title="Nobody yet"
					action={<ButtonLink href="/devices/add">Lend a device</ButtonLink>}
				>
					The first valid result brings the first name here.
				</EmptyState>
			)}
			<ol className="space-y-2.5 text-sm">
				{data?.top.map(({ userId, name, credit }) => (
					<li key={userId} className="flex justify-between gap-4">
						<span className="min-w-0 truncate">{name}</span>
						<span className="text-ink-faint tabular-nums">
							{showCredit(credit)}
						</span>
					</li>
				))}
			</ol>
		</Card>
	);
}
