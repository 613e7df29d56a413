import { CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "../layout/class-names";

const looks = {
	info: { box: "border-line bg-sunken text-ink-soft", Icon: Info },
	good: { box: "border-transparent bg-good-soft text-good", Icon: CircleCheck },
	warn: {
		box: "border-transparent bg-warn-soft text-warn",
		Icon: TriangleAlert,
	},
	bad: { box: "border-transparent bg-bad-soft text-bad", Icon: TriangleAlert },
} as const;

/** A sentence that the page wants read, with a way on. */
export function Notice({
	tone = "info",
	title,
	children,
	action,
}: {
	tone?: keyof typeof looks;
	title?: ReactNode;
	children?: ReactNode;
	action?: ReactNode;
}) {
	const { box, Icon } = looks[tone];
	return (
		<div
			role={tone === "bad" ? "alert" : undefined}
			className={classNames(
				"flex flex-wrap items-start gap-3 rounded-xl border px-4 py-3 text-sm",
				box,
			)}
		>
			<Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
			<div className="min-w-0 flex-1 break-words">
				{title && <p className="font-medium">{title}</p>}
				{children}
			</div>
			{action}
		</div>
	);
}
