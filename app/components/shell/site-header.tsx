"use client";

import { Menu } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { ACCESS_LEVEL, hasAccess } from "@/server/accounts/access-level";
import { useCurrentUser } from "../access/use-current-user";
import { ButtonLink } from "../actions/button";
import { PopupMenu, popupItemClass } from "../actions/popup-menu";
import { classNames } from "../layout/class-names";
import { ConnectionNotice } from "../notices/connection-notice";
import { Logo } from "./logo";
import { ThemeToggle } from "./theme-toggle";
import { UserMenu } from "./user-menu";

type Place = { href: string; label: string; level?: number };

const places: Place[] = [
	{ href: "/devices", label: "Devices", level: ACCESS_LEVEL.owner },
	{ href: "/projects", label: "Projects" },
	{ href: "/batches", label: "Batches", level: ACCESS_LEVEL.researcher },
	{ href: "/leaderboards", label: "Leaderboards" },
	{ href: "/docs", label: "Docs" },
	{ href: "/admin", label: "Admin", level: ACCESS_LEVEL.admin },
];

/** The head of every page: where one can go, and who one is. */
export function SiteHeader() {
	const path = usePathname();
	const { user } = useCurrentUser();
	const shown = places.filter(
		({ level }) =>
			level === undefined || (user && hasAccess(user.accessLevel, level)),
	);
	const isHere = (href: string) => path === href || path.startsWith(`${href}/`);
	return (
		<header className="sticky top-0 z-30 border-line border-b bg-canvas/85 backdrop-blur-md">
			<a
				href="#content"
				className="sr-only focus:not-sr-only focus:absolute focus:m-2 focus:rounded-md focus:bg-surface focus:px-3 focus:py-2"
			>
				Skip to the content
			</a>
			<div className="mx-auto flex h-16 max-w-6xl items-center gap-2 px-4 sm:px-6">
				<Link
					href="/"
					className="mr-4 flex items-center gap-2.5 rounded-md font-semibold text-[1.05rem] tracking-tight"
				>
					<Logo className="size-7" />
					Lull
				</Link>
				<nav aria-label="Main" className="hidden items-center gap-0.5 md:flex">
					{shown.map(({ href, label }) => (
						<Link
							key={href}
							href={href}
							aria-current={isHere(href) ? "page" : undefined}
							className={classNames(
								"rounded-lg px-3 py-2 text-sm transition-colors hover:bg-sunken hover:text-ink",
								isHere(href)
									? "bg-sunken font-medium text-ink"
									: "text-ink-soft",
							)}
						>
							{label}
						</Link>
					))}
				</nav>
				<div className="ml-auto flex items-center gap-1 sm:gap-2">
					<ConnectionNotice />
					<ThemeToggle />
					{user === null && (
						<>
							<span className="hidden sm:block">
								<ButtonLink href="/sign-in" variant="ghost" size="sm">
									Sign in
								</ButtonLink>
							</span>
							<ButtonLink href="/sign-up" variant="primary" size="sm">
								Get started
							</ButtonLink>
						</>
					)}
					{user && <UserMenu user={user} />}
					<div className="md:hidden">
						<PopupMenu
							label="Menu"
							button={<Menu aria-hidden className="size-5" />}
						>
							<nav aria-label="Main">
								{shown.map(({ href, label }) => (
									<Link
										key={href}
										href={href}
										aria-current={isHere(href) ? "page" : undefined}
										className={classNames(
											popupItemClass,
											"py-2.5",
											isHere(href) && "bg-sunken font-medium",
										)}
									>
										{label}
									</Link>
								))}
								{user === null && (
									<Link
										href="/sign-in"
										className={classNames(popupItemClass, "py-2.5")}
									>
										Sign in
									</Link>
								)}
							</nav>
						</PopupMenu>
					</div>
				</div>
			</div>
		</header>
	);
}
