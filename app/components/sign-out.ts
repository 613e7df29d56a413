"use client";

import { signOut as endSession } from "next-auth/react";

/** Ends this browser's session and loads the page anew, so that nothing of the account stays in memory. */
export const signOut = (): Promise<unknown> => endSession({ callbackUrl: "/" });
