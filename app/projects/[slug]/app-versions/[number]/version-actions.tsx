"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button, ButtonLink } from "../../../../components/actions/button";
import { ConfirmDialog } from "../../../../components/actions/confirm-dialog";
import { TextAreaField } from "../../../../components/forms/text-area-field";
import { useTRPC } from "../../../../components/live/trpc-provider";
import { useToast } from "../../../../components/notices/toast";
import type { AppVersionDetails } from "../../../project-types";

/** What its researcher can do with a version in the state it is in. */
export function VersionActions({ details }: { details: AppVersionDetails }) {
	const { version, project } = details;
	const trpc = useTRPC();
	const toast = useToast();
	const queryClient = useQueryClient();
	const appVersionId = version.id;
	const afterwards = (sentence: string) => ({
		onSuccess: async () => {
			toast.done(sentence);
			await queryClient.invalidateQueries(trpc.appVersions.pathFilter());
		},
		onError: toast.failed,
	});
	const cancel = useMutation(
		trpc.appVersions.cancelBuild.mutationOptions(afterwards("Cancelled")),
	);
	const retry = useMutation(
		trpc.appVersions.retryBuild.mutationOptions(afterwards("It is made again")),
	);
	const submit = useMutation(
		trpc.appVersions.submit.mutationOptions(afterwards("Handed in for review")),
	);
	const takeBack = useMutation(
		trpc.appVersions.takeBack.mutationOptions(afterwards("Taken back")),
	);
	const reviewedAlone =
		project.state === "approved" || project.state === "suspended";

	if (version.state === "building")
		return (
			<Button
				variant="danger"
				busy={cancel.isPending}
				onClick={() => cancel.mutate({ appVersionId })}
			>
				Cancel the build
			</Button>
		);
	if (version.state === "failed")
		return (
			<>
				<Button
					busy={retry.isPending}
					onClick={() => retry.mutate({ appVersionId })}
				>
					Try again
				</Button>
				<ButtonLink
					variant="primary"
					href={`/projects/${project.slug}/app-versions/new`}
				>
					New version
				</ButtonLink>
			</>
		);
	if (version.state === "built" && reviewedAlone)
		return (
			<Button
				variant="primary"
				busy={submit.isPending}
				onClick={() => submit.mutate({ appVersionId })}
			>
				Hand it in for review
			</Button>
		);
	if (version.state === "built")
		return (
			<ButtonLink variant="primary" href={`/projects/${project.slug}`}>
				Go on to the project
			</ButtonLink>
		);
	if (version.state === "submitted" && reviewedAlone)
		return (
			<Button
				busy={takeBack.isPending}
				onClick={() => takeBack.mutate({ appVersionId })}
			>
				Take it back
			</Button>
		);
	if (version.state === "approved")
		return <ApprovedActions details={details} />;
	return null;
}

function ApprovedActions({ details }: { details: AppVersionDetails }) {
	const { version, project } = details;
	const trpc = useTRPC();
	const toast = useToast();
	const queryClient = useQueryClient();
	const [asking, setAsking] = useState(false);
	const [reason, setReason] = useState("");
	const withdraw = useMutation(
		trpc.appVersions.withdraw.mutationOptions({
			onSuccess: async () => {
				toast.done("The version is out of use");
				await queryClient.invalidateQueries(trpc.appVersions.pathFilter());
			},
		}),
	);
	return (
		<>
			<Button variant="danger" onClick={() => setAsking(true)}>
				Withdraw
			</Button>
			{project.state === "approved" && (
				<ButtonLink
					variant="primary"
					href={`/projects/${project.slug}/batches/new?version=${version.number}`}
				>
					Submit work
				</ButtonLink>
			)}
			<ConfirmDialog
				open={asking}
				onClose={() => setAsking(false)}
				title={`Take version ${version.number} out of use?`}
				description="What runs with it is taken off the devices at once; its open batches wait until you cancel them. This cannot be undone."
				confirmLabel="Withdraw it"
				onConfirm={() =>
					withdraw.mutateAsync({ appVersionId: version.id, reason })
				}
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
