import { classNames } from "../layout/class-names";

/** The place of something that is on its way. */
export function Skeleton({ className }: { className?: string }) {
	return (
		<div
			aria-hidden
			className={classNames("animate-breathe rounded-lg bg-sunken", className)}
		/>
	);
}
