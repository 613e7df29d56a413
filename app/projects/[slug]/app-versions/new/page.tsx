import type { Metadata } from "next";
import { ACCESS_LEVEL } from "@/server/accounts/access-level";
import { RequireAccess } from "../../../../components/access/require-access";
import { NewVersion } from "./new-version";

export const metadata: Metadata = { title: "New app version" };

export default async function NewVersionPage({
	params,
}: {
	params: Promise<{ slug: string }>;
}) {
	return (
		<RequireAccess level={ACCESS_LEVEL.researcher}>
			<NewVersion slug={(await params).slug} />
		</RequireAccess>
	);
}
