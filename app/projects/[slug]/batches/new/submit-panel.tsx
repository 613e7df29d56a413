"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/app/components/actions/button";
import { ProgressBar } from "@/app/components/charts/progress-bar";
import { useTRPC } from "@/app/components/live/trpc-provider";
import { ErrorNotice } from "@/app/components/notices/error-notice";
import { useToast } from "@/app/components/notices/toast";
import { showCount, showCounted } from "@/app/components/text/show-quantity";
import type { SubmitBatchInput } from "@/server/work-units/submit/batch-input";

const LOOK_EVERY_MS = 500;

/**
 * Submits, once: the key stays the same however often the button is pressed after a failure, so that an answer that got
 * lost never makes a second batch. `input` is undefined while something is missing, which `missing` says.
 */
export function SubmitPanel({
	input,
	missing,
	workUnits,
}: {
	input: SubmitBatchInput | undefined;
	missing: string | undefined;
	workUnits: number;
}) {
	const trpc = useTRPC();
	const toast = useToast();
	const router = useRouter();
	const [submissionKey] = useState(() => crypto.randomUUID());
	const submit = useMutation(
		trpc.batches.submit.mutationOptions({
			onSuccess({ batchId, workUnits: submitted }) {
				toast.done(`${showCounted(submitted, "work unit")} submitted.`);
				router.push(`/batches/${batchId}`);
			},
		}),
	);
	const progress = useQuery(
		trpc.batches.submission.queryOptions(
			{ submissionKey },
			{ enabled: submit.isPending, refetchInterval: LOOK_EVERY_MS },
		),
	);
	const stored = progress.data?.progress?.workUnits ?? 0;
	return (
		<div className="space-y-4">
			<ErrorNotice error={submit.error} title="Nothing was submitted" />
			{submit.isPending && (
				<ProgressBar
					label="Submitting"
					value={workUnits > 0 && stored > 0 ? stored / workUnits : null}
					detail={`${showCount(stored)} of ${showCount(workUnits)} work units`}
				/>
			)}
			<div className="flex flex-wrap items-center gap-4">
				<Button
					variant="primary"
					size="lg"
					icon={<Send aria-hidden />}
					disabled={!input}
					busy={submit.isPending || submit.isSuccess}
					onClick={() => input && submit.mutate({ ...input, submissionKey })}
				>
					Submit{" "}
					{workUnits > 0 ? showCounted(workUnits, "work unit") : "the batch"}
				</Button>
				{missing && <p className="text-ink-faint text-sm">{missing}</p>}
			</div>
		</div>
	);
}
