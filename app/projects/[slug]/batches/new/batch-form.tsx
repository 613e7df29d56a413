"use client";

import { useMutation } from "@tanstack/react-query";
import { Eye } from "lucide-react";
import { useMemo, useState } from "react";
import { listPlaceholders } from "@/agent/core/expand-command";
import { Button } from "@/app/components/actions/button";
import { SelectField } from "@/app/components/forms/select-field";
import { TextField } from "@/app/components/forms/text-field";
import { Card } from "@/app/components/layout/card";
import { useTRPC } from "@/app/components/live/trpc-provider";
import { ErrorNotice } from "@/app/components/notices/error-notice";
import { type BatchPreview, PreviewPanel } from "./preview-panel";
import { toRules, usualRules } from "./rules-draft";
import { RulesForm } from "./rules-form";
import { draftFor, toSource } from "./source-draft";
import { SourceForm } from "./source-form";
import { SubmitPanel } from "./submit-panel";

interface Version {
	id: string;
	number: number;
	command: string[];
	estimatedOperations: number;
}

const placeholdersOf = (version: Version) => listPlaceholders(version.command);

/** The form of a new batch. A preview counts only for exactly what it was made of. */
export function BatchForm({
	versions,
	first,
}: {
	/** Newest first, at least one. */
	versions: readonly Version[];
	/** The number of the version that is chosen at first; the newest otherwise. */
	first: number | undefined;
}) {
	const trpc = useTRPC();
	const [newest] = versions as [Version];
	const [version, setVersion] = useState(
		() => versions.find(({ number }) => number === first) ?? newest,
	);
	const [name, setName] = useState("");
	const [draft, setDraft] = useState(() => draftFor(placeholdersOf(version)));
	const [rulesDraft, setRulesDraft] = useState(usualRules);
	const [seen, setSeen] = useState<{ of: string; preview: BatchPreview }>();
	const look = useMutation(trpc.batches.preview.mutationOptions());

	const source = useMemo(() => toSource(draft), [draft]);
	const judged = toRules(rulesDraft);
	const rules = "rules" in judged ? judged.rules : undefined;
	const subject = JSON.stringify([
		version.id,
		source,
		rulesDraft.estimatedOperations,
	]);
	const preview = seen?.of === subject ? seen.preview : undefined;

	const showPreview = async () => {
		if (typeof source === "string") return;
		const input = {
			appVersionId: version.id,
			source,
			...(rules?.estimatedOperations && {
				estimatedOperations: rules.estimatedOperations,
			}),
		};
		const made = await look.mutateAsync(input).catch(() => undefined);
		if (made) setSeen({ of: subject, preview: made });
	};

	const missing =
		name.trim() === ""
			? "Give the batch a name."
			: typeof source === "string"
				? source
				: !rules
					? "Look at the rules: something is not right."
					: !preview
						? "Look at the preview first."
						: preview.problemCount > 0
							? "Some rows are wrong."
							: undefined;

	return (
		<div className="space-y-6">
			<Card title="What runs">
				<div className="grid gap-5 sm:grid-cols-2">
					<TextField
						label="Name of the batch"
						value={name}
						maxLength={120}
						placeholder="First try"
						onValue={setName}
					/>
					<SelectField
						label="App version"
						options={versions.map(({ id, number }) => ({
							value: id,
							label: `Version ${number}${id === newest.id ? " (newest)" : ""}`,
						}))}
						value={version.id}
						onValue={(id) =>
							setVersion(versions.find((known) => known.id === id) ?? newest)
						}
					/>
				</div>
				<p className="mt-4 break-all rounded-lg bg-sunken px-4 py-3 font-mono text-[13px]">
					{version.command.join(" ")}
				</p>
			</Card>
			<Card title="Work units">
				<SourceForm draft={draft} onChange={setDraft} />
			</Card>
			<Card
				title="Preview"
				description="Reads everything, so that the count is exact and every wrong row is found. Nothing is submitted."
				actions={
					<Button
						icon={<Eye aria-hidden />}
						busy={look.isPending}
						disabled={typeof source === "string"}
						onClick={showPreview}
					>
						{preview ? "Look again" : "Show the preview"}
					</Button>
				}
			>
				<ErrorNotice error={look.error} title="There is no preview" />
				{preview ? (
					<PreviewPanel preview={preview} />
				) : (
					!look.error && (
						<p className="text-ink-faint text-sm">
							{typeof source === "string"
								? source
								: "Look at it before you submit."}
						</p>
					)
				)}
			</Card>
			<Card
				title="Rules"
				description="How results are checked and how long to try. What stands here suits most batches."
			>
				<RulesForm
					draft={rulesDraft}
					errors={"errors" in judged ? judged.errors : {}}
					operationsOfVersion={version.estimatedOperations}
					onChange={(facts) =>
						setRulesDraft((known) => ({ ...known, ...facts }))
					}
				/>
			</Card>
			<SubmitPanel
				missing={missing}
				workUnits={preview?.workUnits ?? 0}
				input={
					missing === undefined && rules && typeof source !== "string"
						? { ...rules, appVersionId: version.id, name: name.trim(), source }
						: undefined
				}
			/>
		</div>
	);
}
