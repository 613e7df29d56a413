"use client";

import { LockKeyhole } from "lucide-react";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { accessLevelName, hasAccess } from "@/server/accounts/access-level";
import { ButtonLink } from "../actions/button";
import { PageBody } from "../layout/page-body";
import { EmptyState } from "../notices/empty-state";
import { ErrorNotice } from "../notices/error-notice";
import { Spinner } from "../notices/spinner";
import { useCurrentUser } from "./use-current-user";

/**
 * Shows its content to those with at least the rights of `level` (ACCESS_LEVEL.owner: anyone with an account), and
 * the way to sign in to the others. A courtesy: what decides is the server.
 */
export function RequireAccess({
	level,
	children,
}: {
	level: number;
	children: ReactNode;
}) {
	const path = usePathname();
	const { user, error } = useCurrentUser();
	if (user && hasAccess(user.accessLevel, level)) return <>{children}</>;
	return (
		<PageBody>
			{error ? (
				<ErrorNotice error={error} onRetry={() => window.location.reload()} />
			) : user === undefined ? (
				<Spinner />
			) : user === null ? (
				<EmptyState
					icon={<LockKeyhole />}
					title="Sign in to see this page"
					action={
						<>
							<ButtonLink
								variant="primary"
								href={`/sign-in?next=${encodeURIComponent(path)}`}
							>
								Sign in
							</ButtonLink>
							<ButtonLink href="/sign-up">Create an account</ButtonLink>
						</>
					}
				/>
			) : (
				<EmptyState
					icon={<LockKeyhole />}
					title={`This page is for ${accessLevelName(level)}s`}
					action={<ButtonLink href="/account">Your account</ButtonLink>}
				>
					You are signed in as {user.email}, {accessLevelName(user.accessLevel)}
					. Owners can ask to become researchers on their account page.
				</EmptyState>
			)}
		</PageBody>
	);
}
