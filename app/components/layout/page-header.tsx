import { ChevronRight } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

/** The head of a page: where one is, what it is, and what can be done with it. */
export function PageHeader({
	title,
	description,
	trail = [],
	badge,
	actions,
}: {
	title: ReactNode;
	description?: ReactNode;
	/** The pages above this one, the highest first. */
	trail?: { href: string; label: string }[];
	badge?: ReactNode;
	actions?: ReactNode;
}) {
	return (
		<header className="mb-8">
			{trail.length > 0 && (
				<nav aria-label="Breadcrumb" className="mb-3">
					<ol className="flex flex-wrap items-center gap-1 text-ink-faint text-sm">
						{trail.map(({ href, label }) => (
							<li
								key={href}
								className="wrap-anywhere flex min-w-0 items-center gap-1"
							>
								<Link href={href} className="hover:text-ink hover:underline">
									{label}
								</Link>
								<ChevronRight aria-hidden className="size-3.5 shrink-0" />
							</li>
						))}
					</ol>
				</nav>
			)}
			<div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
				<div className="min-w-0">
					<div className="flex flex-wrap items-center gap-3">
						<h1 className="font-semibold text-2xl sm:text-3xl">{title}</h1>
						{badge}
					</div>
					{description && (
						<p className="wrap-anywhere mt-2 max-w-2xl text-ink-soft">
							{description}
						</p>
					)}
				</div>
				{actions && <div className="flex flex-wrap gap-2">{actions}</div>}
			</div>
		</header>
	);
}
