import type { ReactNode } from "react";

/** Nothing is here yet: what would be, and the next step towards it. */
export function EmptyState({
	icon,
	title,
	children,
	action,
}: {
	icon?: ReactNode;
	title: string;
	children?: ReactNode;
	action?: ReactNode;
}) {
	return (
		<div className="flex flex-col items-center px-6 py-14 text-center">
			{icon && (
				<div
					aria-hidden
					className="mb-4 rounded-2xl bg-accent-soft p-3.5 text-accent [&_svg]:size-6"
				>
					{icon}
				</div>
			)}
			<h3 className="font-semibold">{title}</h3>
			{children && (
				<div className="mt-1.5 max-w-md text-ink-soft text-sm">{children}</div>
			)}
			{action && (
				<div className="mt-5 flex flex-wrap justify-center gap-2">{action}</div>
			)}
		</div>
	);
}
