import type { Metadata } from "next";
import { VersionPage } from "./version-page";

type Params = { slug: string; number: string };

export async function generateMetadata({
	params,
}: {
	params: Promise<Params>;
}): Promise<Metadata> {
	return { title: `Version ${(await params).number}` };
}

export default async function AppVersionPage({
	params,
}: {
	params: Promise<Params>;
}) {
	const { slug, number } = await params;
	return <VersionPage slug={slug} number={Number(number)} />;
}
