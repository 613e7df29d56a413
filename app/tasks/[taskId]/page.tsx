import type { Metadata } from "next";
import { RequireAccess } from "@/app/components/access/require-access";
import { ACCESS_LEVEL } from "@/server/accounts/access-level";
import { TaskDetails } from "./task-details";

export const metadata: Metadata = { title: "Task" };

export default async function TaskPage({
	params,
}: {
	params: Promise<{ taskId: string }>;
}) {
	const { taskId } = await params;
	return (
		<RequireAccess level={ACCESS_LEVEL.owner}>
			<TaskDetails taskId={taskId} />
		</RequireAccess>
	);
}
