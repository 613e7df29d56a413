import { LoaderCircle } from "lucide-react";
import Link from "next/link";
import type { ButtonHTMLAttributes, ReactNode } from "react";
import { classNames } from "../layout/class-names";

const variants = {
	primary:
		"bg-accent text-on-accent hover:bg-accent-strong border-transparent shadow-card",
	secondary:
		"bg-surface text-ink border-line-strong hover:border-ink-faint hover:bg-sunken shadow-card",
	ghost:
		"border-transparent text-ink-soft hover:bg-sunken hover:text-ink bg-transparent",
	danger:
		"bg-surface text-bad border-line-strong hover:border-bad hover:bg-bad-soft shadow-card",
	/** Red, but calm: what must be found at once and can be undone. */
	urgent: "bg-bad-soft text-bad border-bad/30 hover:border-bad shadow-card",
} as const;

const sizes = {
	sm: "h-8 px-2.5 text-[13px] gap-1.5 rounded-md",
	md: "h-10 px-4 text-sm gap-2 rounded-lg",
	lg: "h-12 px-6 text-base gap-2.5 rounded-xl",
} as const;

export type ButtonLook = {
	/** One primary at the most in a view: what most people will want next. */
	variant?: keyof typeof variants;
	size?: keyof typeof sizes;
	icon?: ReactNode;
};

export const buttonClass = ({
	variant = "secondary",
	size = "md",
}: ButtonLook): string =>
	classNames(
		"inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap border font-medium transition-colors",
		"disabled:cursor-not-allowed disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0",
		variants[variant],
		sizes[size],
	);

/** A button. `busy` keeps it from being pressed twice and shows that the first time counts. */
export function Button({
	variant,
	size,
	icon,
	busy = false,
	className,
	children,
	type = "button",
	disabled,
	...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & ButtonLook & { busy?: boolean }) {
	return (
		<button
			type={type}
			disabled={disabled || busy}
			aria-busy={busy || undefined}
			className={classNames(buttonClass({ variant, size }), className)}
			{...rest}
		>
			{busy ? <LoaderCircle aria-hidden className="animate-spin" /> : icon}
			{children}
		</button>
	);
}

/** Goes to another page and looks like a button. */
export function ButtonLink({
	href,
	variant,
	size,
	icon,
	className,
	children,
	...rest
}: ButtonLook & {
	href: string;
	className?: string;
	children?: ReactNode;
	download?: boolean | string;
	"aria-label"?: string;
}) {
	const look = classNames(buttonClass({ variant, size }), className);
	// What the server sends as a file must not go through the page router.
	const isFile =
		rest.download !== undefined || /^(\/(api|blobs|downloads)\/)/.test(href);
	if (isFile) {
		return (
			<a href={href} className={look} {...rest}>
				{icon}
				{children}
			</a>
		);
	}
	return (
		<Link href={href} className={look} {...rest}>
			{icon}
			{children}
		</Link>
	);
}
