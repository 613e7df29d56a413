"use client";

import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { classNames } from "../layout/class-names";

/**
 * A question or form in front of the page: the browser's own modal dialog, which keeps the focus inside and closes
 * with Escape. Its content exists only while it is open, so a form starts afresh each time.
 */
export function Dialog({
	open,
	onClose,
	title,
	description,
	children,
	footer,
	wide = false,
}: {
	open: boolean;
	onClose: () => void;
	title: ReactNode;
	description?: ReactNode;
	children?: ReactNode;
	footer?: ReactNode;
	wide?: boolean;
}) {
	const dialog = useRef<HTMLDialogElement>(null);
	const titleId = useId();
	useEffect(() => {
		if (open && !dialog.current?.open) dialog.current?.showModal();
		if (!open && dialog.current?.open) dialog.current.close();
	}, [open]);
	return (
		// biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it, by the browser
		<dialog
			ref={dialog}
			aria-labelledby={titleId}
			onClose={onClose}
			onClick={(event) => {
				if (event.target === dialog.current) onClose();
			}}
			className={classNames(
				"m-auto max-h-[90dvh] w-[calc(100%-2rem)] rounded-2xl border border-line bg-surface p-0 text-ink shadow-float open:animate-rise",
				wide ? "max-w-3xl" : "max-w-lg",
			)}
		>
			{open && (
				<div className="p-5 sm:p-6">
					<div className="flex items-start justify-between gap-4">
						<h2 id={titleId} className="font-semibold text-lg">
							{title}
						</h2>
						<button
							type="button"
							aria-label="Close"
							onClick={onClose}
							className="-mt-1 -mr-1 rounded-md p-1.5 text-ink-faint hover:bg-sunken hover:text-ink"
						>
							<X aria-hidden className="size-4" />
						</button>
					</div>
					{description && (
						<div className="mt-1.5 text-ink-soft text-sm">{description}</div>
					)}
					{children && <div className="mt-5">{children}</div>}
					{footer && (
						<div className="mt-6 flex flex-wrap justify-end gap-2">
							{footer}
						</div>
					)}
				</div>
			)}
		</dialog>
	);
}
