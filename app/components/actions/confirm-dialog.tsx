"use client";

import { type ReactNode, useState } from "react";
import { TextField } from "../forms/text-field";
import { ErrorNotice } from "../notices/error-notice";
import { Button } from "./button";
import { Dialog } from "./dialog";

/**
 * Asks before something that hurts. Says what will happen in `description`. With `typeToConfirm` the person must
 * type that word first, for what cannot be undone. A failure is shown and the dialog stays.
 */
export function ConfirmDialog({
	open,
	onClose,
	title,
	description,
	confirmLabel,
	danger = true,
	typeToConfirm,
	onConfirm,
	children,
}: {
	open: boolean;
	onClose: () => void;
	title: ReactNode;
	description?: ReactNode;
	confirmLabel: string;
	danger?: boolean;
	typeToConfirm?: string;
	onConfirm: () => Promise<unknown>;
	/** More fields, such as a reason. */
	children?: ReactNode;
}) {
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<unknown>(null);
	const [typed, setTyped] = useState("");
	const close = () => {
		setError(null);
		setTyped("");
		onClose();
	};
	const confirm = async () => {
		setBusy(true);
		setError(null);
		try {
			await onConfirm();
			close();
		} catch (caught) {
			setError(caught);
		} finally {
			setBusy(false);
		}
	};
	return (
		<Dialog
			open={open}
			onClose={close}
			title={title}
			description={description}
			footer={
				<>
					<Button onClick={close}>Keep as it is</Button>
					<Button
						variant={danger ? "danger" : "primary"}
						busy={busy}
						disabled={typeToConfirm !== undefined && typed !== typeToConfirm}
						onClick={confirm}
					>
						{confirmLabel}
					</Button>
				</>
			}
		>
			{(children || typeToConfirm || error !== null) && (
				<div className="space-y-4">
					{children}
					{typeToConfirm && (
						<TextField
							label={
								<>
									Type <code className="font-mono">{typeToConfirm}</code> to
									confirm
								</>
							}
							value={typed}
							onValue={setTyped}
							autoComplete="off"
						/>
					)}
					<ErrorNotice error={error} />
				</div>
			)}
		</Dialog>
	);
}
