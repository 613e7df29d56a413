"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "../../../../components/actions/button";
import { Card } from "../../../../components/layout/card";
import { useTRPC } from "../../../../components/live/trpc-provider";
import { ErrorNotice } from "../../../../components/notices/error-notice";
import { useToast } from "../../../../components/notices/toast";
import type { AppVersion } from "../../../project-types";
import { CommandField } from "../new/command-field";
import {
	ComparisonFields,
	CuttingFields,
	NeedsFields,
} from "../new/needs-fields";
import { draftOf, termsOf, type VersionDraft } from "../new/version-draft";

const CHANGEABLE = new Set(["building", "built", "failed"]);

/** Mends what a version runs and needs, without making its image again, until it is handed in. */
export function EditVersion({ version }: { version: AppVersion }) {
	const [editing, setEditing] = useState(false);
	if (!CHANGEABLE.has(version.state)) return null;
	if (!editing)
		return (
			<Button onClick={() => setEditing(true)}>
				Change the command or the needs
			</Button>
		);
	return <EditForm version={version} onClose={() => setEditing(false)} />;
}

function EditForm({
	version,
	onClose,
}: {
	version: AppVersion;
	onClose: () => void;
}) {
	const trpc = useTRPC();
	const toast = useToast();
	const queryClient = useQueryClient();
	const [draft, setDraft] = useState(() => draftOf(version));
	const onDraft = (changes: Partial<VersionDraft>) =>
		setDraft((before) => ({ ...before, ...changes }));
	const update = useMutation(
		trpc.appVersions.update.mutationOptions({
			onSuccess: async () => {
				await queryClient.invalidateQueries(trpc.appVersions.pathFilter());
				toast.done("Saved");
				onClose();
			},
		}),
	);
	const submit = (event: FormEvent) => {
		event.preventDefault();
		update.mutate({ appVersionId: version.id, ...termsOf(draft) });
	};
	return (
		<form onSubmit={submit} className="space-y-6">
			<Card title="What it runs">
				<CommandField
					required
					value={draft.command}
					onValue={(command) => onDraft({ command })}
				/>
			</Card>
			<NeedsFields draft={draft} onDraft={onDraft} />
			<CuttingFields draft={draft} onDraft={onDraft} />
			<ComparisonFields draft={draft} onDraft={onDraft} />
			<ErrorNotice error={update.error} title="It was not saved" />
			<div className="flex justify-end gap-2">
				<Button onClick={onClose}>Keep as it is</Button>
				<Button type="submit" variant="primary" busy={update.isPending}>
					Save
				</Button>
			</div>
		</form>
	);
}
