"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { Button } from "../../components/actions/button";
import { Card } from "../../components/layout/card";
import { useTRPC } from "../../components/live/trpc-provider";
import { Badge } from "../../components/notices/badge";
import { Notice } from "../../components/notices/notice";
import { useToast } from "../../components/notices/toast";
import { MarkdownText } from "../../components/text/markdown-text";
import { TimeAgo } from "../../components/text/time-ago";
import { RejectDialog } from "./reject-dialog";
import type { Review } from "./review-types";
import { VersionReview } from "./version-review";

/** A project that waits, with all that the decision is about, and the decision. */
export function ReviewCard({ review }: { review: Review }) {
	const { project, owner } = review;
	const whole = review.kind === "project";
	return (
		<Card
			title={
				<span className="flex flex-wrap items-center gap-2">
					<Link href={`/projects/${project.slug}`} className="hover:underline">
						{project.name}
					</Link>
					<Badge tone="accent">{project.scienceArea}</Badge>
					<Badge tone="warn">{whole ? "new project" : "later version"}</Badge>
				</span>
			}
			description={
				<>
					<Link href={`/admin/users/${owner.id}`} className="hover:underline">
						{owner.name}
					</Link>
					, {owner.email} ·{" "}
					{owner.projects === 1
						? "first project"
						: `${owner.projects} projects`}{" "}
					· handed in <TimeAgo at={project.submittedAt} />
				</>
			}
			actions={whole && <ProjectDecision review={review} />}
		>
			<div className="space-y-6">
				{!review.mayDecide && (
					<Notice tone="warn">
						This project is your own: another admin has to decide on it.
					</Notice>
				)}
				{whole && (
					<>
						<section className="rounded-xl bg-accent-soft px-5 py-4">
							<h3 className="mb-1.5 font-semibold text-sm">
								What it will do to devices, in the researcher's words
							</h3>
							{project.impact.trim() ? (
								<MarkdownText text={project.impact} />
							) : (
								<p className="text-ink-soft text-sm">Nothing was said.</p>
							)}
						</section>
						<details>
							<summary className="cursor-pointer font-medium text-sm">
								Description
							</summary>
							<div className="mt-3 max-h-96 overflow-auto rounded-xl border border-line px-5 py-4">
								<MarkdownText
									text={project.description || "*No description.*"}
								/>
							</div>
						</details>
					</>
				)}
				{review.appVersions.map((version) => (
					<VersionReview key={version.id} version={version} review={review} />
				))}
			</div>
		</Card>
	);
}

/** Approves the project with the versions that are shown, and signs exactly those. */
function ProjectDecision({ review }: { review: Review }) {
	const trpc = useTRPC();
	const toast = useToast();
	const queryClient = useQueryClient();
	const [rejecting, setRejecting] = useState(false);
	const { project, appVersions } = review;
	const projectId = project.id;
	const refresh = () =>
		queryClient.invalidateQueries(trpc.moderation.pathFilter());
	const approve = useMutation(
		trpc.moderation.approveProject.mutationOptions({
			onSuccess: () => {
				toast.done(`“${project.name}” is approved and signed`);
				return refresh();
			},
			onError: (error) => {
				toast.failed(error);
				void refresh();
			},
		}),
	);
	const reject = useMutation(
		trpc.moderation.rejectProject.mutationOptions({
			onSuccess: () => {
				toast.done("Sent back with your reason");
				return refresh();
			},
		}),
	);
	return (
		<>
			<Button
				variant="danger"
				disabled={!review.mayDecide}
				onClick={() => setRejecting(true)}
			>
				Send back
			</Button>
			<Button
				variant="primary"
				disabled={!review.mayDecide || appVersions.length === 0}
				busy={approve.isPending}
				onClick={() =>
					approve.mutate({
						projectId,
						submittedAt: project.submittedAt ?? "",
						appVersions: appVersions.map(({ id, manifestSha256 }) => ({
							appVersionId: id,
							manifestSha256,
						})),
					})
				}
			>
				Approve and sign
			</Button>
			<RejectDialog
				open={rejecting}
				onClose={() => setRejecting(false)}
				title={`Send “${project.name}” back?`}
				description="It becomes a draft again. The researcher reads your reason, and may change it and hand it in anew."
				confirmLabel="Send it back"
				onReject={(reason) => reject.mutateAsync({ projectId, reason })}
			/>
		</>
	);
}
