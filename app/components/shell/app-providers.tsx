"use client";

import { ThemeProvider } from "next-themes";
import type { ReactNode } from "react";
import { TrpcProvider } from "../live/trpc-provider";
import { ToastProvider } from "../notices/toast";

/** What every page stands on: colours, the API, messages. */
export function AppProviders({ children }: { children: ReactNode }) {
	return (
		<ThemeProvider
			attribute="data-theme"
			defaultTheme="system"
			enableSystem
			disableTransitionOnChange
		>
			<TrpcProvider>
				<ToastProvider>{children}</ToastProvider>
			</TrpcProvider>
		</ThemeProvider>
	);
}
