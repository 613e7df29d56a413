"use client";

import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { classNames } from "../layout/class-names";

/**
 * A button that opens a small panel of links and buttons below it. Closes with Escape, a press elsewhere, or when
 * something inside was chosen.
 */
export function PopupMenu({
	label,
	button,
	children,
	buttonClassName,
	panelClassName,
}: {
	label: string;
	button: ReactNode;
	children: ReactNode;
	buttonClassName?: string;
	panelClassName?: string;
}) {
	const [open, setOpen] = useState(false);
	const root = useRef<HTMLDivElement>(null);
	const trigger = useRef<HTMLButtonElement>(null);
	const id = useId();
	useEffect(() => {
		if (!open) return;
		const onPress = (event: PointerEvent) => {
			if (!root.current?.contains(event.target as Node)) setOpen(false);
		};
		const onKey = (event: KeyboardEvent) => {
			if (event.key !== "Escape") return;
			setOpen(false);
			trigger.current?.focus();
		};
		document.addEventListener("pointerdown", onPress);
		document.addEventListener("keydown", onKey);
		return () => {
			document.removeEventListener("pointerdown", onPress);
			document.removeEventListener("keydown", onKey);
		};
	}, [open]);
	return (
		<div ref={root} className="relative">
			<button
				ref={trigger}
				type="button"
				aria-label={label}
				aria-expanded={open}
				aria-controls={id}
				onClick={() => setOpen(!open)}
				className={classNames(
					"hover:bg-sunken",
					buttonClassName ?? "rounded-lg p-2 text-ink-soft hover:text-ink",
				)}
			>
				{button}
			</button>
			{open && (
				// biome-ignore lint/a11y/noStaticElementInteractions: closes after whatever was chosen inside
				// biome-ignore lint/a11y/useKeyWithClickEvents: a chosen link or button clicks by keyboard too
				<div
					id={id}
					onClick={(event) => {
						if ((event.target as HTMLElement).closest("a,button"))
							setOpen(false);
					}}
					className={classNames(
						"absolute right-0 z-40 mt-2 min-w-56 animate-rise rounded-xl border border-line bg-surface p-1.5 shadow-float",
						panelClassName,
					)}
				>
					{children}
				</div>
			)}
		</div>
	);
}

/** How a link or button inside a PopupMenu looks. */
export const popupItemClass =
	"flex w-full items-center gap-2.5 rounded-lg px-3 py-2 text-left text-sm text-ink hover:bg-sunken [&_svg]:size-4 [&_svg]:text-ink-faint";
