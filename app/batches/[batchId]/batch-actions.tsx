"use client";

import { useMutation } from "@tanstack/react-query";
import { Ban, Download, RotateCcw } from "lucide-react";
import { useState } from "react";
import { Button, ButtonLink } from "@/app/components/actions/button";
import { ConfirmDialog } from "@/app/components/actions/confirm-dialog";
import { useTRPC } from "@/app/components/live/trpc-provider";
import { useToast } from "@/app/components/notices/toast";
import {
	showBytes,
	showCount,
	showCounted,
} from "@/app/components/text/show-quantity";
import type { Batch } from "./batch-details";

/** What can be done with a batch. */
export function BatchActions({ batch }: { batch: Batch }) {
	const trpc = useTRPC();
	const toast = useToast();
	const [asking, setAsking] = useState<"cancel" | "rerun">();
	const cancel = useMutation(trpc.batches.cancel.mutationOptions());
	const rerun = useMutation(trpc.batches.rerunFailed.mutationOptions());
	const batchId = batch.id;
	const open =
		batch.workUnits -
		batch.doneUnits -
		batch.failedUnits -
		batch.cancelledUnits;
	const close = () => setAsking(undefined);
	return (
		<>
			{batch.failedUnits > 0 &&
				batch.state !== "cancelled" &&
				!batch.underWay && (
					<Button
						icon={<RotateCcw aria-hidden />}
						onClick={() => setAsking("rerun")}
					>
						Run {showCount(batch.failedUnits)} failed again
					</Button>
				)}
			{batch.state === "open" && (
				<Button
					variant="danger"
					icon={<Ban aria-hidden />}
					onClick={() => setAsking("cancel")}
				>
					Cancel
				</Button>
			)}
			{batch.results.files > 0 && (
				<ButtonLink
					variant="primary"
					icon={<Download aria-hidden />}
					href={`/batches/${batchId}/results.zip`}
					download
				>
					Results ({showBytes(batch.results.bytes)})
				</ButtonLink>
			)}
			<ConfirmDialog
				open={asking === "cancel"}
				onClose={close}
				title="Cancel this batch?"
				description={`${showCounted(open, "open work unit")} will be given up, and the devices that work on it stop. What is done stays. This cannot be undone.`}
				confirmLabel="Cancel the batch"
				onConfirm={async () => {
					const { workUnits } = await cancel.mutateAsync({ batchId });
					toast.done(
						`The batch is cancelled, and with it ${showCounted(workUnits, "open work unit")}.`,
					);
				}}
			/>
			<ConfirmDialog
				open={asking === "rerun"}
				onClose={close}
				danger={false}
				title="Run the failed ones again?"
				description={`${showCounted(batch.failedUnits, "work unit")} will be opened again, each with its whole allowance of errors and tasks.`}
				confirmLabel="Run them again"
				onConfirm={async () => {
					const { workUnits } = await rerun.mutateAsync({ batchId });
					toast.done(`${showCounted(workUnits, "work unit")} opened again.`);
				}}
			/>
		</>
	);
}
