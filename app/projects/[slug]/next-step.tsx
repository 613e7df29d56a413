"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { Button, ButtonLink } from "../../components/actions/button";
import { useTRPC } from "../../components/live/trpc-provider";
import { useLiveQuery } from "../../components/live/use-live-query";
import { Notice } from "../../components/notices/notice";
import { useToast } from "../../components/notices/toast";
import { TimeAgo } from "../../components/text/time-ago";
import type { ProjectDetails } from "../project-types";

/** What its researcher can do next with a project, in one sentence with one button. */
export function NextStep({ project }: { project: ProjectDetails }) {
	if (project.state === "draft") return <DraftStep project={project} />;
	if (project.state === "submitted") return <WaitingStep project={project} />;
	return null;
}

function DraftStep({ project }: { project: ProjectDetails }) {
	const trpc = useTRPC();
	const versions = useLiveQuery(
		trpc.appVersions.list.queryOptions({ project: project.slug, limit: 50 }),
		[`project:${project.id}`],
	);
	const submit = useMutation(
		trpc.projects.submit.mutationOptions(useAfterwards("Handed in for review")),
	);
	const items = versions.data?.items ?? [];
	const newVersion = (
		<ButtonLink
			size="sm"
			variant="primary"
			icon={<Plus aria-hidden />}
			href={`/projects/${project.slug}/app-versions/new`}
		>
			Add the program
		</ButtonLink>
	);
	const handIn = (
		<Button
			size="sm"
			variant="primary"
			busy={submit.isPending}
			onClick={() => submit.mutate({ project: project.id })}
		>
			Hand it in for review
		</Button>
	);
	const built = items.some(({ state }) => state === "built");
	const building = items.some(({ state }) => state === "building");
	return (
		<>
			{project.rejectionReason && (
				<Notice tone="bad" title="The last review sent it back">
					{project.rejectionReason}
				</Notice>
			)}
			{built ? (
				<Notice tone="good" title="The program is built" action={handIn}>
					An admin looks at the description, what it does to devices, and every
					version that is built. Until they decide you can take it back.
				</Notice>
			) : building ? (
				<Notice title="The program's image is being made">
					As soon as it is built you can hand the project in for review.
				</Notice>
			) : (
				<Notice title="Only you see this draft" action={newVersion}>
					Next, add the program that devices will run.
				</Notice>
			)}
		</>
	);
}

function WaitingStep({ project }: { project: ProjectDetails }) {
	const trpc = useTRPC();
	const takeBack = useMutation(
		trpc.projects.takeBack.mutationOptions(
			useAfterwards("It is a draft again"),
		),
	);
	return (
		<Notice
			tone="warn"
			title="It waits for review"
			action={
				<Button
					size="sm"
					busy={takeBack.isPending}
					onClick={() => takeBack.mutate({ project: project.id })}
				>
					Take it back
				</Button>
			}
		>
			Handed in <TimeAgo at={project.submittedAt} />. It stays as it is until an
			admin has decided.
		</Notice>
	);
}

/** What happens after a change of the project: everything about it is asked again. */
function useAfterwards(sentence: string) {
	const trpc = useTRPC();
	const toast = useToast();
	const queryClient = useQueryClient();
	return {
		onSuccess: async () => {
			toast.done(sentence);
			await queryClient.invalidateQueries(trpc.projects.pathFilter());
			await queryClient.invalidateQueries(trpc.appVersions.pathFilter());
		},
		onError: toast.failed,
	};
}
