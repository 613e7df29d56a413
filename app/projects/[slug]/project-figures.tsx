"use client";

import { StatTile } from "../../components/charts/stat-tile";
import { useTRPC } from "../../components/live/trpc-provider";
import { useLiveQuery } from "../../components/live/use-live-query";
import { showCount } from "../../components/text/show-quantity";
import { TimeAgo } from "../../components/text/time-ago";
import { showCredit } from "../../devices/show-number";
import type { ProjectDetails } from "../project-types";

/** What the network has given to a project so far. */
export function ProjectFigures({ project }: { project: ProjectDetails }) {
	const trpc = useTRPC();
	const { data } = useLiveQuery(
		trpc.projects.contributions.queryOptions({ project: project.slug }),
		[`project:${project.id}`],
	);
	return (
		<div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
			<StatTile
				label="Credit given"
				value={showCredit(project.totalCredit)}
				detail={
					<>
						approved <TimeAgo at={project.approvedAt} />
					</>
				}
			/>
			<StatTile
				label="Valid results"
				value={data ? showCount(data.tasks) : null}
			/>
			<StatTile label="Devices" value={data ? showCount(data.devices) : null} />
			<StatTile label="Owners" value={data ? showCount(data.owners) : null} />
		</div>
	);
}
