"use client";

import { CircleUserRound, KeyRound, LogOut } from "lucide-react";
import Link from "next/link";
import { accessLevelName } from "@/server/accounts/access-level";
import { signOut } from "../access/sign-out";
import { PopupMenu, popupItemClass } from "../actions/popup-menu";

/** Who is signed in, and what concerns the account. */
export function UserMenu({
	user,
}: {
	user: { name: string; email: string; accessLevel: number };
}) {
	return (
		<PopupMenu
			label={`Account of ${user.name}`}
			buttonClassName="rounded-full"
			button={
				<span
					aria-hidden
					className="flex size-8 items-center justify-center rounded-full bg-accent-soft font-semibold text-accent-strong text-sm"
				>
					{[...user.name][0]?.toUpperCase()}
				</span>
			}
		>
			<div className="mb-1 border-line border-b px-3 pt-1.5 pb-3">
				<div className="truncate font-medium text-sm">{user.name}</div>
				<div className="truncate text-ink-faint text-xs">{user.email}</div>
				<div className="mt-1 text-ink-faint text-xs">
					{accessLevelName(user.accessLevel)}
				</div>
			</div>
			<Link href="/account" className={popupItemClass}>
				<CircleUserRound aria-hidden />
				Account
			</Link>
			<Link href="/account/tokens" className={popupItemClass}>
				<KeyRound aria-hidden />
				API tokens
			</Link>
			<button type="button" onClick={signOut} className={popupItemClass}>
				<LogOut aria-hidden />
				Sign out
			</button>
		</PopupMenu>
	);
}
