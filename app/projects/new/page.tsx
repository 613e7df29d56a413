import type { Metadata } from "next";
import { ACCESS_LEVEL } from "@/server/accounts/access-level";
import { RequireAccess } from "../../components/access/require-access";
import { NewProject } from "./new-project";

export const metadata: Metadata = { title: "New project" };

export default function NewProjectPage() {
	return (
		<RequireAccess level={ACCESS_LEVEL.researcher}>
			<NewProject />
		</RequireAccess>
	);
}
