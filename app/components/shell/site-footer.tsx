import Link from "next/link";

const links = [
	{ href: "/projects", label: "Projects" },
	{ href: "/leaderboards", label: "Leaderboards" },
	{ href: "/forecasts", label: "Forecasts" },
	{ href: "/docs", label: "API" },
];

/** The foot of every page. */
export function SiteFooter() {
	return (
		<footer className="mt-auto border-line border-t">
			<div className="mx-auto flex max-w-6xl flex-wrap items-center justify-between gap-x-8 gap-y-3 px-4 py-8 text-ink-faint text-sm sm:px-6">
				<p>Lull runs science in the lulls of your devices.</p>
				<nav aria-label="Footer" className="flex gap-5">
					{links.map(({ href, label }) => (
						<Link
							key={href}
							href={href}
							className="hover:text-ink hover:underline"
						>
							{label}
						</Link>
					))}
				</nav>
			</div>
		</footer>
	);
}
