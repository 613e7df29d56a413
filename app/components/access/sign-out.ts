"use client";

import { signOut as endSession } from "next-auth/react";

/**
 * Ends this browser's session and loads the start page anew, so that nothing of the account stays in memory. By a path
 * of ours, not next-auth's address: people may have come by another name than the public one.
 */
export async function signOut(): Promise<void> {
	await endSession({ redirect: false });
	window.location.assign("/");
}
