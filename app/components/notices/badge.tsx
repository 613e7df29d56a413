import type { ReactNode } from "react";
import { classNames } from "../layout/class-names";

const tones = {
	neutral: "bg-sunken text-ink-soft",
	accent: "bg-accent-soft text-accent-strong",
	good: "bg-good-soft text-good",
	warn: "bg-warn-soft text-warn",
	bad: "bg-bad-soft text-bad",
} as const;

export type BadgeTone = keyof typeof tones;

/** One word about a thing. */
export function Badge({
	tone = "neutral",
	dot = false,
	live = false,
	children,
}: {
	tone?: BadgeTone;
	dot?: boolean;
	/** Its dot breathes: this is happening now. */
	live?: boolean;
	children: ReactNode;
}) {
	return (
		<span
			className={classNames(
				"inline-flex items-center gap-1.5 whitespace-nowrap rounded-full px-2.5 py-0.5 font-medium text-xs",
				tones[tone],
			)}
		>
			{(dot || live) && (
				<span
					aria-hidden
					className={classNames(
						"size-1.5 rounded-full bg-current",
						live && "animate-breathe",
					)}
				/>
			)}
			{children}
		</span>
	);
}
