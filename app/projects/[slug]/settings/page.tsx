import type { Metadata } from "next";
import { ACCESS_LEVEL } from "@/server/accounts/access-level";
import { RequireAccess } from "../../../components/access/require-access";
import { ProjectSettings } from "./project-settings";

export const metadata: Metadata = { title: "Project settings" };

export default async function ProjectSettingsPage({
	params,
}: {
	params: Promise<{ slug: string }>;
}) {
	return (
		<RequireAccess level={ACCESS_LEVEL.researcher}>
			<ProjectSettings slug={(await params).slug} />
		</RequireAccess>
	);
}
