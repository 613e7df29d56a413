import type { Metadata } from "next";
import { ACCESS_LEVEL } from "@/server/accounts/access-level";
import { RequireAccess } from "../components/access/require-access";
import { PageBody } from "../components/layout/page-body";
import { PageHeader } from "../components/layout/page-header";
import { BatchList } from "./batch-list";

export const metadata: Metadata = { title: "Batches" };

export default function BatchesPage() {
	return (
		<RequireAccess level={ACCESS_LEVEL.researcher}>
			<PageBody>
				<PageHeader
					title="Batches"
					description="The work that was submitted to your projects."
				/>
				<BatchList />
			</PageBody>
		</RequireAccess>
	);
}
