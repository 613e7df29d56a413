"use client";

import { useQuery } from "@tanstack/react-query";
import { PackageOpen } from "lucide-react";
import { ButtonLink } from "@/app/components/actions/button";
import { PageBody } from "@/app/components/layout/page-body";
import { PageHeader } from "@/app/components/layout/page-header";
import { useTRPC } from "@/app/components/live/trpc-provider";
import { EmptyState } from "@/app/components/notices/empty-state";
import { ErrorNotice } from "@/app/components/notices/error-notice";
import { Skeleton } from "@/app/components/notices/skeleton";
import { BatchForm } from "./batch-form";

/** Composes and submits a batch of a project; `version` is the number of the app version to begin with. */
export function NewBatch({
	slug,
	version,
}: {
	slug: string;
	version: number | undefined;
}) {
	const trpc = useTRPC();
	const project = useQuery(trpc.projects.get.queryOptions({ project: slug }));
	const versions = useQuery(
		trpc.appVersions.list.queryOptions({ project: slug, limit: 200 }),
	);
	const approved = versions.data?.items.filter(
		({ state }) => state === "approved",
	);
	const error = project.error ?? versions.error;
	return (
		<PageBody>
			<PageHeader
				title="New batch"
				description="Say where the work units come from, look at what would run, and submit all of it or nothing."
				trail={[
					{ href: "/projects", label: "Projects" },
					{ href: `/projects/${slug}`, label: project.data?.name ?? slug },
				]}
			/>
			{error ? (
				<ErrorNotice
					error={error}
					onRetry={() => {
						void project.refetch();
						void versions.refetch();
					}}
				/>
			) : !project.data || !approved ? (
				<div className="space-y-4">
					<Skeleton className="h-40" />
					<Skeleton className="h-64" />
				</div>
			) : project.data.state !== "approved" ? (
				<EmptyState
					icon={<PackageOpen />}
					title="This project cannot take work yet"
					action={
						<ButtonLink href={`/projects/${slug}`}>To the project</ButtonLink>
					}
				>
					Work can be submitted once the project is approved; it is{" "}
					{project.data.state} now.
				</EmptyState>
			) : approved.length === 0 ? (
				<EmptyState
					icon={<PackageOpen />}
					title="No app version is approved"
					action={
						<ButtonLink href={`/projects/${slug}`}>To the project</ButtonLink>
					}
				>
					Push an app version and have it reviewed first.
				</EmptyState>
			) : (
				<BatchForm versions={approved} first={version} />
			)}
		</PageBody>
	);
}
