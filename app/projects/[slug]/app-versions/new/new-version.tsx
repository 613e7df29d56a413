"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { Button } from "../../../../components/actions/button";
import { ProgressBar } from "../../../../components/charts/progress-bar";
import { sendUpload } from "../../../../components/forms/send-upload";
import { Card } from "../../../../components/layout/card";
import { PageBody } from "../../../../components/layout/page-body";
import { PageHeader } from "../../../../components/layout/page-header";
import { useTRPC } from "../../../../components/live/trpc-provider";
import { ErrorNotice } from "../../../../components/notices/error-notice";
import { fieldError } from "../../../../components/notices/error-sentence";
import { showBytes } from "../../../../components/text/show-quantity";
import { CommandField } from "./command-field";
import { ComparisonFields, CuttingFields, NeedsFields } from "./needs-fields";
import { SourceFields } from "./source-fields";
import { blankDraft, requestOf, type VersionDraft } from "./version-draft";

/** A new version of a project's program: its source, its command, its needs. Then its image is made. */
export function NewVersion({ slug }: { slug: string }) {
	const trpc = useTRPC();
	const project = useQuery(trpc.projects.get.queryOptions({ project: slug }));
	const [draft, setDraft] = useState(blankDraft);
	const onDraft = (changes: Partial<VersionDraft>) =>
		setDraft((before) => ({ ...before, ...changes }));
	const { push, sent, busy, error } = usePush(slug);
	const submit = (event: FormEvent) => {
		event.preventDefault();
		void push(draft);
	};
	return (
		<PageBody>
			<PageHeader
				trail={[
					{ href: "/projects", label: "Projects" },
					{ href: `/projects/${slug}`, label: project.data?.name ?? slug },
				]}
				title="New version"
				description="Nothing of it runs on any device before an admin has approved it."
			/>
			<form onSubmit={submit} className="space-y-6">
				<SourceFields draft={draft} onDraft={onDraft} />
				<Card title="What it runs">
					<CommandField
						required
						value={draft.command}
						error={fieldError(error, "command")}
						onValue={(command) => onDraft({ command })}
					/>
				</Card>
				<NeedsFields draft={draft} onDraft={onDraft} />
				<CuttingFields draft={draft} onDraft={onDraft} />
				<ComparisonFields draft={draft} onDraft={onDraft} />
				<ErrorNotice error={error} title="The version was not made" />
				{sent !== null && draft.chosen && (
					<ProgressBar
						label={`Uploading ${draft.chosen.file.name}`}
						value={sent / Math.max(1, draft.chosen.file.size)}
						detail={`${showBytes(sent)} of ${showBytes(draft.chosen.file.size)}`}
					/>
				)}
				<div className="flex justify-end">
					<Button type="submit" variant="primary" busy={busy}>
						Make the image
					</Button>
				</div>
			</form>
		</PageBody>
	);
}

/** Uploads what was chosen, asks for the version, and goes to its page. */
function usePush(slug: string) {
	const trpc = useTRPC();
	const router = useRouter();
	const queryClient = useQueryClient();
	const [sent, setSent] = useState<number | null>(null);
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<unknown>(null);
	const createUpload = useMutation(trpc.uploads.create.mutationOptions());
	const pushVersion = useMutation(trpc.appVersions.push.mutationOptions());

	const upload = async ({ kind, chosen }: VersionDraft): Promise<string> => {
		if (kind === "reference") return "";
		if (!chosen)
			throw new Error(
				kind === "archive" ? "Choose the archive." : "Choose the folder.",
			);
		const target = await createUpload.mutateAsync({
			purpose: "appSource",
			name: chosen.file.name.slice(0, 255),
			bytes: chosen.file.size,
		});
		setSent(0);
		await sendUpload(chosen.file, target, setSent);
		return target.uploadId;
	};
	const push = async (draft: VersionDraft) => {
		setBusy(true);
		setError(null);
		try {
			const uploadId = await upload(draft);
			const { number } = await pushVersion.mutateAsync({
				project: slug,
				...requestOf(draft, uploadId),
			});
			await queryClient.invalidateQueries(trpc.appVersions.pathFilter());
			router.push(`/projects/${slug}/app-versions/${number}`);
		} catch (caught) {
			setError(caught);
			setBusy(false);
		} finally {
			setSent(null);
		}
	};
	return { push, sent, busy, error };
}
