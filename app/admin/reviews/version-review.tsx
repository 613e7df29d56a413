"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { Button } from "../../components/actions/button";
import { useTRPC } from "../../components/live/trpc-provider";
import { Badge } from "../../components/notices/badge";
import { useToast } from "../../components/notices/toast";
import { FactsList } from "../../components/tables/facts-list";
import { CodeBlock } from "../../components/text/code-block";
import {
	showBytes,
	showCount,
	showOperations,
	showSpan,
} from "../../components/text/show-quantity";
import { showMemory } from "../../devices/show-number";
import { listBuildFacts } from "../../projects/[slug]/app-versions/[number]/build-facts";
import { describeComparison } from "../../projects/[slug]/app-versions/[number]/version-facts";
import { RejectDialog } from "./reject-dialog";
import type { Review, VersionToReview } from "./review-types";

/** What a version will run and ask for, in plain sight. */
export function VersionReview({
	version,
	review,
}: {
	version: VersionToReview;
	review: Review;
}) {
	const { context } = version;
	return (
		<section className="space-y-5 rounded-xl border border-line p-4 sm:p-5">
			<header className="flex flex-wrap items-center justify-between gap-3">
				<h3 className="font-semibold">
					<Link
						href={`/projects/${review.project.slug}/app-versions/${version.number}`}
						className="hover:underline"
					>
						Version {version.number}
					</Link>
				</h3>
				<div className="flex flex-wrap gap-2">
					<VersionDecision version={version} review={review} />
				</div>
			</header>
			<div className="grid gap-4 lg:grid-cols-2">
				<CodeBlock
					label="Command"
					code={version.command.map(quote).join(" ")}
					wrap
				/>
				<CodeBlock
					label="For example"
					code={version.commandExample.map(quote).join(" ")}
					wrap
				/>
			</div>
			<FactsList facts={factsOf(version)} />
			{context && (
				<div className="grid gap-4 lg:grid-cols-2">
					<CodeBlock label="Dockerfile" code={context.dockerfile} />
					<CodeBlock
						label={`Its folder: ${showCount(context.fileCount)} files, ${showBytes(context.bytes)}`}
						code={context.files
							.map(
								({ path, bytes }) =>
									`${showBytes(bytes).padStart(10)}  ${path}`,
							)
							.join("\n")}
					/>
				</div>
			)}
			{version.buildLog && (
				<details>
					<summary className="cursor-pointer font-medium text-sm">
						Build output
					</summary>
					<div className="mt-3">
						<CodeBlock label="Build output" code={version.buildLog} wrap />
					</div>
				</details>
			)}
			<details>
				<summary className="cursor-pointer font-medium text-sm">
					{version.builds.length === 1
						? "The manifest that approval signs"
						: "The manifests that approval signs together, a line for each build"}
				</summary>
				<div className="mt-3">
					<CodeBlock label="Manifest" code={version.manifestToSign} wrap />
				</div>
			</details>
		</section>
	);
}

const quote = (part: string): string =>
	/^[\w@%+=:,./{}-]+$/.test(part) ? part : `'${part.replaceAll("'", `'"'"'`)}'`;

function factsOf(version: VersionToReview) {
	return [
		...listBuildFacts(version),
		{
			label: "Base",
			value: version.context?.baseImages.map((base) => (
				<Badge key={base}>{base}</Badge>
			)),
		},
		{ label: "Uploaded as", value: version.sourceDetails.fileName },
		{ label: "Cores", value: version.cores },
		{ label: "Memory", value: showMemory(version.memoryMiB) },
		{ label: "Disk", value: showMemory(version.diskMiB) },
		{ label: "Network", value: "none" },
		{
			label: "One work unit",
			value: `about ${showSpan(version.secondsPerWorkUnit)} (${showOperations(version.estimatedOperations)} operations)`,
		},
		{
			label: "Results agree when",
			value: describeComparison(version.comparison),
		},
	];
}

/** A later version is decided on alone; within a new project, only turning one down is. */
function VersionDecision({
	version,
	review,
}: {
	version: VersionToReview;
	review: Review;
}) {
	const trpc = useTRPC();
	const toast = useToast();
	const queryClient = useQueryClient();
	const [rejecting, setRejecting] = useState(false);
	const appVersionId = version.id;
	const refresh = () =>
		queryClient.invalidateQueries(trpc.moderation.pathFilter());
	const approve = useMutation(
		trpc.moderation.approveAppVersion.mutationOptions({
			onSuccess: () => {
				toast.done(`Version ${version.number} is approved and signed`);
				return refresh();
			},
			onError: (error) => {
				toast.failed(error);
				void refresh();
			},
		}),
	);
	const reject = useMutation(
		trpc.moderation.rejectAppVersion.mutationOptions({
			onSuccess: () => {
				toast.done(`Version ${version.number} is turned down`);
				return refresh();
			},
		}),
	);
	return (
		<>
			<Button
				size="sm"
				variant="danger"
				disabled={!review.mayDecide}
				onClick={() => setRejecting(true)}
			>
				Turn down
			</Button>
			{review.kind === "appVersions" && (
				<Button
					size="sm"
					variant="primary"
					disabled={!review.mayDecide}
					busy={approve.isPending}
					onClick={() =>
						approve.mutate({
							appVersionId,
							manifestSha256: version.manifestSha256,
						})
					}
				>
					Approve and sign
				</Button>
			)}
			<RejectDialog
				open={rejecting}
				onClose={() => setRejecting(false)}
				title={`Turn version ${version.number} down?`}
				description="This version is turned down for good; the researcher reads your reason and may make another."
				confirmLabel="Turn it down"
				onReject={(reason) => reject.mutateAsync({ appVersionId, reason })}
			/>
		</>
	);
}
