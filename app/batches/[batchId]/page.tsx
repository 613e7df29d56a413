import type { Metadata } from "next";
import { RequireAccess } from "@/app/components/access/require-access";
import { ACCESS_LEVEL } from "@/server/accounts/access-level";
import { BatchDetails } from "./batch-details";

export const metadata: Metadata = { title: "Batch" };

export default async function BatchPage({
	params,
}: {
	params: Promise<{ batchId: string }>;
}) {
	const { batchId } = await params;
	return (
		<RequireAccess level={ACCESS_LEVEL.owner}>
			<BatchDetails batchId={batchId} />
		</RequireAccess>
	);
}
