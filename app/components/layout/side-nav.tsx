"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { classNames } from "./class-names";

/** The pages of one part of the portal: a column beside them, a row above them on small screens. */
export function SideNav({
	label,
	items,
	children,
}: {
	label: string;
	items: readonly { href: string; label: string; icon: ReactNode }[];
	children: ReactNode;
}) {
	const path = usePathname();
	// Of the addresses that lead here the longest is where one is.
	const here = items
		.filter(({ href }) => path === href || path.startsWith(`${href}/`))
		.sort((a, b) => b.href.length - a.href.length)[0]?.href;
	return (
		<div className="grid gap-x-10 gap-y-6 md:grid-cols-[12rem_minmax(0,1fr)]">
			<nav aria-label={label} className="min-w-0">
				<ul className="-mx-1 flex gap-1 overflow-x-auto px-1 pb-1 md:sticky md:top-24 md:flex-col md:overflow-visible">
					{items.map((item) => (
						<li key={item.href}>
							<Link
								href={item.href}
								aria-current={item.href === here ? "page" : undefined}
								className={classNames(
									"flex items-center gap-2.5 whitespace-nowrap rounded-lg px-3 py-2 text-sm transition-colors [&_svg]:size-4",
									item.href === here
										? "bg-accent-soft font-medium text-accent-strong"
										: "text-ink-soft hover:bg-sunken hover:text-ink",
								)}
							>
								{item.icon}
								{item.label}
							</Link>
						</li>
					))}
				</ul>
			</nav>
			<div className="min-w-0 space-y-6">{children}</div>
		</div>
	);
}
