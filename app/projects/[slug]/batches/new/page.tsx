import type { Metadata } from "next";
import { RequireAccess } from "@/app/components/access/require-access";
import { ACCESS_LEVEL } from "@/server/accounts/access-level";
import { NewBatch } from "./new-batch";

export const metadata: Metadata = { title: "New batch" };

export default async function NewBatchPage({
	params,
	searchParams,
}: {
	params: Promise<{ slug: string }>;
	searchParams: Promise<{ version?: string | string[] }>;
}) {
	const { slug } = await params;
	const { version } = await searchParams;
	return (
		<RequireAccess level={ACCESS_LEVEL.researcher}>
			<NewBatch slug={slug} version={Number(version) || undefined} />
		</RequireAccess>
	);
}
