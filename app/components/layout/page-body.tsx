import type { ReactNode } from "react";
import { classNames } from "./class-names";

const widths = {
	narrow: "max-w-md",
	text: "max-w-3xl",
	normal: "max-w-6xl",
	wide: "max-w-[92rem]",
} as const;

/** The column that a page's content stands in. */
export function PageBody({
	width = "normal",
	children,
}: {
	width?: keyof typeof widths;
	children: ReactNode;
}) {
	return (
		<main
			id="content"
			className={classNames(
				"mx-auto w-full px-4 py-8 sm:px-6 sm:py-12",
				widths[width],
			)}
		>
			{children}
		</main>
	);
}
