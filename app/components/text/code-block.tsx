import { CopyButton } from "../actions/copy-button";
import { classNames } from "../layout/class-names";

/** A command, file or output, exactly as it is, with a button that copies it. */
export function CodeBlock({
	code,
	label,
	wrap = false,
	tall = false,
}: {
	code: string;
	/** What it is: read aloud, and shown above it. */
	label?: string;
	/** Break long lines instead of scrolling. */
	wrap?: boolean;
	/** Do not bound the height. */
	tall?: boolean;
}) {
	return (
		<figure className="min-w-0 overflow-hidden rounded-xl border border-line bg-sunken">
			<figcaption className="flex items-center justify-between gap-3 border-line border-b py-1.5 pr-1.5 pl-4 text-ink-faint text-xs">
				<span>{label}</span>
				<CopyButton text={code} />
			</figcaption>
			<pre
				// biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
				tabIndex={0}
				className={classNames(
					"overflow-auto px-4 py-3 font-mono text-[13px] leading-relaxed",
					wrap && "wrap-anywhere whitespace-pre-wrap",
					!tall && "max-h-96",
				)}
			>
				{code}
			</pre>
		</figure>
	);
}
