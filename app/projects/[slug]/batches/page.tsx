import type { Metadata } from "next";
import { RequireAccess } from "@/app/components/access/require-access";
import { ACCESS_LEVEL } from "@/server/accounts/access-level";
import { ProjectBatches } from "./project-batches";

export const metadata: Metadata = { title: "Batches" };

export default async function ProjectBatchesPage({
	params,
}: {
	params: Promise<{ slug: string }>;
}) {
	const { slug } = await params;
	return (
		<RequireAccess level={ACCESS_LEVEL.researcher}>
			<ProjectBatches slug={slug} />
		</RequireAccess>
	);
}
