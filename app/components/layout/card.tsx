import type { ReactNode } from "react";
import { classNames } from "./class-names";

/** A sheet of paper: one subject, with an optional title and actions at its head. */
export function Card({
	title,
	description,
	actions,
	children,
	className,
	flush = false,
}: {
	title?: ReactNode;
	description?: ReactNode;
	actions?: ReactNode;
	children?: ReactNode;
	className?: string;
	/** Content reaches the edges (tables, charts). */
	flush?: boolean;
}) {
	const hasHead = title !== undefined || actions !== undefined;
	return (
		<section
			className={classNames(
				"min-w-0 rounded-2xl border border-line bg-surface shadow-card",
				className,
			)}
		>
			{hasHead && (
				<header
					className={classNames(
						"flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-5 pt-4 sm:px-6 sm:pt-5",
						flush && "pb-4",
					)}
				>
					<div className="min-w-0">
						{title !== undefined && (
							<h2 className="font-semibold text-base">{title}</h2>
						)}
						{description && (
							<p className="wrap-anywhere mt-1 max-w-prose text-ink-soft text-sm">
								{description}
							</p>
						)}
					</div>
					{actions && <div className="flex flex-wrap gap-2">{actions}</div>}
				</header>
			)}
			<div
				className={classNames(
					!flush && "px-5 pb-5 sm:px-6 sm:pb-6",
					!flush && (hasHead ? "pt-4" : "pt-5 sm:pt-6"),
				)}
			>
				{children}
			</div>
		</section>
	);
}
