import type { Metadata } from "next";
import { RequireAccess } from "@/app/components/access/require-access";
import { ACCESS_LEVEL } from "@/server/accounts/access-level";
import { WorkUnitDetails } from "./work-unit-details";

export const metadata: Metadata = { title: "Work unit" };

export default async function WorkUnitPage({
	params,
}: {
	params: Promise<{ workUnitId: string }>;
}) {
	const { workUnitId } = await params;
	return (
		<RequireAccess level={ACCESS_LEVEL.owner}>
			<WorkUnitDetails workUnitId={workUnitId} />
		</RequireAccess>
	);
}
