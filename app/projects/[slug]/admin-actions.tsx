"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ACCESS_LEVEL, hasAccess } from "@/server/accounts/access-level";
import { useCurrentUser } from "../../components/access/use-current-user";
import { Button, ButtonLink } from "../../components/actions/button";
import { ConfirmDialog } from "../../components/actions/confirm-dialog";
import { TextAreaField } from "../../components/forms/text-area-field";
import { useTRPC } from "../../components/live/trpc-provider";
import { useToast } from "../../components/notices/toast";
import type { ProjectDetails } from "../project-types";

/** What admins do with a project besides reviewing it: stop it at once, and let it go on. */
export function AdminActions({ project }: { project: ProjectDetails }) {
	const { user } = useCurrentUser();
	if (!user || !hasAccess(user.accessLevel, ACCESS_LEVEL.admin)) return null;
	if (project.state === "submitted")
		return <ButtonLink href="/admin/reviews">Review it</ButtonLink>;
	if (project.state === "approved") return <Suspend project={project} />;
	if (project.state === "suspended") return <Resume project={project} />;
	return null;
}

function Suspend({ project }: { project: ProjectDetails }) {
	const trpc = useTRPC();
	const toast = useToast();
	const queryClient = useQueryClient();
	const [asking, setAsking] = useState(false);
	const [reason, setReason] = useState("");
	const projectId = project.id;
	const refresh = () =>
		queryClient.invalidateQueries(trpc.projects.pathFilter());
	const resume = useMutation(
		trpc.moderation.resumeProject.mutationOptions({
			onSuccess: refresh,
			onError: toast.failed,
		}),
	);
	const suspend = useMutation(
		trpc.moderation.suspendProject.mutationOptions({
			onSuccess: () => {
				toast.done("The project is suspended", () =>
					resume.mutate({ projectId }),
				);
				return refresh();
			},
		}),
	);
	return (
		<>
			<Button variant="danger" onClick={() => setAsking(true)}>
				Suspend
			</Button>
			<ConfirmDialog
				open={asking}
				onClose={() => setAsking(false)}
				title={`Suspend “${project.name}”?`}
				description="What runs is taken off the devices at once, and nothing new begins until it is resumed. Everyone can read the reason."
				confirmLabel="Suspend it"
				onConfirm={() => suspend.mutateAsync({ projectId, reason })}
			>
				<TextAreaField
					label="Reason"
					required
					rows={3}
					maxLength={2000}
					value={reason}
					onValue={setReason}
				/>
			</ConfirmDialog>
		</>
	);
}

function Resume({ project }: { project: ProjectDetails }) {
	const trpc = useTRPC();
	const toast = useToast();
	const queryClient = useQueryClient();
	const resume = useMutation(
		trpc.moderation.resumeProject.mutationOptions({
			onSuccess: () => {
				toast.done("The project goes on");
				return queryClient.invalidateQueries(trpc.projects.pathFilter());
			},
			onError: toast.failed,
		}),
	);
	return (
		<Button
			busy={resume.isPending}
			onClick={() => resume.mutate({ projectId: project.id })}
		>
			Resume
		</Button>
	);
}
