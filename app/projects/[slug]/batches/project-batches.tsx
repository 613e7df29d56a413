"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { BatchList } from "@/app/batches/batch-list";
import { ButtonLink } from "@/app/components/actions/button";
import { PageBody } from "@/app/components/layout/page-body";
import { PageHeader } from "@/app/components/layout/page-header";
import { useTRPC } from "@/app/components/live/trpc-provider";
import { ErrorNotice } from "@/app/components/notices/error-notice";
import { Skeleton } from "@/app/components/notices/skeleton";

/** The batches of one project. */
export function ProjectBatches({ slug }: { slug: string }) {
	const trpc = useTRPC();
	const project = useQuery(trpc.projects.get.queryOptions({ project: slug }));
	return (
		<PageBody>
			<PageHeader
				title="Batches"
				trail={[
					{ href: "/projects", label: "Projects" },
					{ href: `/projects/${slug}`, label: project.data?.name ?? slug },
				]}
				actions={
					project.data?.state === "approved" &&
					project.data.maySeeInside && (
						<ButtonLink
							variant="primary"
							icon={<Plus aria-hidden />}
							href={`/projects/${slug}/batches/new`}
						>
							New batch
						</ButtonLink>
					)
				}
			/>
			{project.error ? (
				<ErrorNotice error={project.error} onRetry={() => project.refetch()} />
			) : project.data ? (
				<BatchList projectId={project.data.id} />
			) : (
				<Skeleton className="h-64" />
			)}
		</PageBody>
	);
}
