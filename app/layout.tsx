import "@fontsource-variable/inter/opsz.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "./globals.css";
import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { AppProviders } from "./components/shell/app-providers";
import { SiteFooter } from "./components/shell/site-footer";
import { SiteHeader } from "./components/shell/site-header";

export const metadata: Metadata = {
	title: { default: "Lull", template: "%s · Lull" },
	description:
		"Lull runs science in the lulls of your devices: they lend the time in which they stand idle, and researchers get checked results.",
};

export const viewport: Viewport = {
	themeColor: [
		{ media: "(prefers-color-scheme: light)", color: "#faf9f6" },
		{ media: "(prefers-color-scheme: dark)", color: "#0e1415" },
	],
};

export default function RootLayout({ children }: { children: ReactNode }) {
	return (
		<html lang="en" suppressHydrationWarning>
			<body className="flex min-h-dvh flex-col bg-canvas font-sans text-ink antialiased">
				<AppProviders>
					<SiteHeader />
					<div className="flex-1">{children}</div>
					<SiteFooter />
				</AppProviders>
			</body>
		</html>
	);
}
