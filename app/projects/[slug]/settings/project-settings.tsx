"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "../../../components/actions/button";
import { ConfirmDialog } from "../../../components/actions/confirm-dialog";
import { Card } from "../../../components/layout/card";
import { PageBody } from "../../../components/layout/page-body";
import { PageHeader } from "../../../components/layout/page-header";
import { useTRPC } from "../../../components/live/trpc-provider";
import { ErrorNotice } from "../../../components/notices/error-notice";
import { Notice } from "../../../components/notices/notice";
import { Skeleton } from "../../../components/notices/skeleton";
import { StateBadge } from "../../../components/notices/state-badge";
import { useToast } from "../../../components/notices/toast";
import { ProjectForm, type ProjectFormValue } from "../../project-form";
import type { ProjectDetails } from "../../project-types";

/** What its researcher changes of a project, and how they end it. */
export function ProjectSettings({ slug }: { slug: string }) {
	const trpc = useTRPC();
	const query = useQuery(trpc.projects.get.queryOptions({ project: slug }));
	const project = query.data;
	return (
		<PageBody>
			<PageHeader
				trail={[
					{ href: "/projects", label: "Projects" },
					{ href: `/projects/${slug}`, label: project?.name ?? slug },
				]}
				title="Settings"
				badge={project && <StateBadge state={project.state} />}
			/>
			<ErrorNotice error={query.error} onRetry={() => query.refetch()} />
			{query.isPending && <Skeleton className="h-96" />}
			{project && !project.mayEdit && (
				<Notice tone="warn">
					Only the researcher whose project it is can change it.
				</Notice>
			)}
			{project?.mayEdit && (
				<EditableSettings key={project.id} project={project} />
			)}
		</PageBody>
	);
}

function EditableSettings({ project }: { project: ProjectDetails }) {
	const trpc = useTRPC();
	const toast = useToast();
	const router = useRouter();
	const queryClient = useQueryClient();
	const update = useMutation(trpc.projects.update.mutationOptions());
	const save = async (value: ProjectFormValue) => {
		const { description, picture, ...reviewed } = value;
		const saved = await update.mutateAsync({
			project: project.id,
			description,
			picture,
			...(project.state === "draft" && reviewed),
		});
		await queryClient.invalidateQueries(trpc.projects.pathFilter());
		toast.done("Saved");
		router.push(`/projects/${saved.slug}`);
	};
	if (project.state === "submitted")
		return (
			<Notice tone="warn">
				The project waits for review. Take it back on its page to change it.
			</Notice>
		);
	return (
		<div className="space-y-6">
			{project.state === "finished" ? (
				<Notice>The project is finished. It stays as it is.</Notice>
			) : (
				<ProjectForm
					initial={project}
					reviewed={project.state !== "draft"}
					submitLabel="Save"
					onSubmit={save}
				/>
			)}
			<EndProject project={project} />
		</div>
	);
}

function EndProject({ project }: { project: ProjectDetails }) {
	const trpc = useTRPC();
	const toast = useToast();
	const router = useRouter();
	const queryClient = useQueryClient();
	const [asking, setAsking] = useState(false);
	const finish = useMutation(trpc.projects.finish.mutationOptions());
	const discard = useMutation(trpc.projects.discard.mutationOptions());
	const isDraft = project.state === "draft";
	if (project.state === "finished") return null;
	const end = async () => {
		await (isDraft ? discard : finish).mutateAsync({ project: project.id });
		await queryClient.invalidateQueries(trpc.projects.pathFilter());
		toast.done(isDraft ? "The draft is gone" : "The project is finished");
		router.push(isDraft ? "/projects" : `/projects/${project.slug}`);
	};
	return (
		<Card
			title={isDraft ? "Throw the draft away" : "Finish the project"}
			description={
				isDraft
					? "A draft without app versions can be thrown away."
					: "Nothing runs any more. The page, the results and the credit stay. All its batches must have ended."
			}
			actions={
				<Button variant="danger" onClick={() => setAsking(true)}>
					{isDraft ? "Throw away" : "Finish"}
				</Button>
			}
		>
			<ConfirmDialog
				open={asking}
				onClose={() => setAsking(false)}
				title={isDraft ? "Throw this draft away?" : "Finish this project?"}
				description="This cannot be undone."
				confirmLabel={isDraft ? "Throw away" : "Finish it"}
				typeToConfirm={project.slug}
				onConfirm={end}
			/>
		</Card>
	);
}
