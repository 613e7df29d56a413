import type { Metadata } from "next";
import { ACCESS_LEVEL } from "@/server/accounts/access-level";
import { PageBody } from "../components/page-body";
import { PageHeader } from "../components/page-header";
import { RequireAccess } from "../components/require-access";
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
