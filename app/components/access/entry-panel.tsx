import type { ReactNode } from "react";
import { PageBody } from "../layout/page-body";
import { Logo } from "../shell/logo";

/** The narrow sheet of the pages that lead in: sign in, sign up, set up. */
export function EntryPanel({
	title,
	description,
	children,
	below,
}: {
	title: string;
	description?: ReactNode;
	children: ReactNode;
	below?: ReactNode;
}) {
	return (
		<PageBody width="narrow">
			<div className="mb-8 text-center">
				<Logo className="mx-auto mb-5 size-11" />
				<h1 className="font-semibold text-2xl">{title}</h1>
				{description && <p className="mt-2 text-ink-soft">{description}</p>}
			</div>
			<div className="rounded-2xl border border-line bg-surface p-6 shadow-card sm:p-8">
				{children}
			</div>
			{below && (
				<p className="mt-6 text-center text-ink-soft text-sm">{below}</p>
			)}
		</PageBody>
	);
}
