import type { Metadata } from "next";
import { SetupPanel } from "./setup-panel";

export const metadata: Metadata = {
	title: "Set up",
	// The address holds the code.
	referrer: "no-referrer",
};

export default async function SetupPage({
	searchParams,
}: {
	searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
	const { code } = await searchParams;
	return <SetupPanel code={typeof code === "string" ? code : ""} />;
}
