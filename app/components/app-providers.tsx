"use client";

import { ThemeProvider } from "next-themes";
import type { ReactNode } from "react";
import { ToastProvider } from "./toast";
import { TrpcProvider } from "./trpc-provider";

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
