import { LoaderCircle } from "lucide-react";
import { classNames } from "../layout/class-names";

/** Something is under way and nothing is known of how far. With a label it is also read aloud. */
export function Spinner({
	label,
	className,
}: {
	label?: string;
	className?: string;
}) {
	return (
		<span
			role="status"
			className={classNames(
				"inline-flex items-center gap-2 text-ink-soft text-sm",
				className,
			)}
		>
			<LoaderCircle aria-hidden className="size-4 animate-spin" />
			{label ?? <span className="sr-only">Loading</span>}
		</span>
	);
}
