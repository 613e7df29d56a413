/** The mark: a load that sinks, stays low, and rises again. In the lull something happens. */
export function Logo({ className }: { className?: string }) {
	return (
		<svg aria-hidden viewBox="0 0 32 32" className={className}>
			<rect width="32" height="32" rx="8" className="fill-accent" />
			<path
				d="M4 10.5c2.6 0 2.9 9.5 5.8 9.5h12.4c2.9 0 3.2-9.5 5.8-9.5"
				fill="none"
				strokeWidth="2.5"
				strokeLinecap="round"
				className="stroke-on-accent opacity-70"
			/>
			<circle cx="16" cy="20" r="3.5" className="fill-on-accent" />
		</svg>
	);
}
