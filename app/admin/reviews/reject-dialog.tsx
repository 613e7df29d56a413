"use client";

import { useState } from "react";
import { ConfirmDialog } from "../../components/actions/confirm-dialog";
import { TextAreaField } from "../../components/forms/text-area-field";

/** Asks for the reason of a decision that the researcher will read. */
export function RejectDialog({
	onReject,
	...dialog
}: {
	open: boolean;
	onClose: () => void;
	title: string;
	description: string;
	confirmLabel: string;
	onReject: (reason: string) => Promise<unknown>;
}) {
	const [reason, setReason] = useState("");
	return (
		<ConfirmDialog {...dialog} onConfirm={() => onReject(reason)}>
			<TextAreaField
				label="Reason"
				hint="What would have to be different?"
				required
				rows={4}
				maxLength={2000}
				value={reason}
				onValue={setReason}
			/>
		</ConfirmDialog>
	);
}
