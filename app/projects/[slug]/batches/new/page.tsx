import type { Metadata } from "next";
import { RequireAccess } from "@/app/components/require-access";
import { ACCESS_LEVEL } from "@/server/accounts/access-level";
import { NewBatch } from "./new-batch";

export const metadata: Metadata = { title: "New batch" };

export default async function NewBatchPage({
	params,
}: {
	params: Promise<{ slug: string }>;
}) {
	const { slug } = await params;
	return (
		<RequireAccess level={ACCESS_LEVEL.researcher}>
			<NewBatch slug={slug} />
		</RequireAccess>
	);
}
