"use client";

import { useQuery } from "@tanstack/react-query";
import { FlaskConical, Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { ACCESS_LEVEL, hasAccess } from "@/server/accounts/access-level";
import { useCurrentUser } from "../components/access/use-current-user";
import { Button, ButtonLink } from "../components/actions/button";
import { SearchField } from "../components/forms/search-field";
import { SelectField } from "../components/forms/select-field";
import { Card } from "../components/layout/card";
import { PageBody } from "../components/layout/page-body";
import { PageHeader } from "../components/layout/page-header";
import { Tabs } from "../components/layout/tabs";
import { useTRPC } from "../components/live/trpc-provider";
import { nextPage, useLivePages } from "../components/live/use-live-pages";
import { EmptyState } from "../components/notices/empty-state";
import { ErrorNotice } from "../components/notices/error-notice";
import { Skeleton } from "../components/notices/skeleton";
import { ProjectCard } from "./project-card";

const tabs = [
	{ key: "public", label: "All projects" },
	{ key: "mine", label: "Mine" },
] as const;
type Tab = (typeof tabs)[number]["key"];

const newProject = (
	<ButtonLink
		href="/projects/new"
		variant="primary"
		icon={<Plus aria-hidden />}
	>
		New project
	</ButtonLink>
);

/** The projects that anyone may see, and one's own in any state. */
export function ProjectList() {
	const { user } = useCurrentUser();
	const [chosen, setTab] = useState<Tab>("public");
	const isResearcher =
		!!user && hasAccess(user.accessLevel, ACCESS_LEVEL.researcher);
	const tab = isResearcher ? chosen : "public";
	return (
		<PageBody>
			<PageHeader
				title="Projects"
				description="The science that runs in the lulls of people's devices. Each was looked at by a person before it ran anywhere."
				actions={isResearcher && newProject}
			/>
			{isResearcher ? (
				<Tabs
					label="Which projects"
					tabs={tabs}
					current={tab}
					onChange={setTab}
				>
					<FilteredProjects key={tab} tab={tab} isResearcher />
				</Tabs>
			) : (
				<FilteredProjects tab="public" isResearcher={false} />
			)}
		</PageBody>
	);
}

function FilteredProjects({
	tab,
	isResearcher,
}: {
	tab: Tab;
	isResearcher: boolean;
}) {
	const trpc = useTRPC();
	const [search, setSearch] = useState("");
	const [area, setArea] = useState("");
	const areas = useQuery(trpc.projects.scienceAreas.queryOptions({}));
	const list = useLivePages(
		trpc.projects.list.infiniteQueryOptions(
			{
				mine: tab === "mine",
				limit: 24,
				...(search.trim() && { search: search.trim() }),
				...(area && { scienceArea: area }),
			},
			nextPage,
		),
		["overview"],
	);
	const filtered = search.trim() !== "" || area !== "";
	return (
		<>
			<div className="mb-6 flex flex-wrap items-end gap-3">
				<SearchField
					label="Search projects"
					value={search}
					onValue={setSearch}
				/>
				{tab === "public" && (
					<div className="w-full sm:w-56">
						<SelectField
							label={<span className="sr-only">Area of science</span>}
							value={area}
							onValue={setArea}
							options={[
								{ value: "", label: "Every area" },
								...(areas.data?.used ?? []).map(
									({ scienceArea, projects }) => ({
										value: scienceArea,
										label: `${scienceArea} (${projects})`,
									}),
								),
							]}
						/>
					</div>
				)}
			</div>
			<ErrorNotice error={list.error} onRetry={list.refetch} />
			{list.loading && (
				<Grid>
					{[1, 2, 3].map((n) => (
						<Skeleton key={n} className="h-48 rounded-2xl" />
					))}
				</Grid>
			)}
			{!list.loading && !list.error && list.items.length === 0 && (
				<Card flush>{emptyState(tab, filtered, isResearcher)}</Card>
			)}
			<Grid>
				{list.items.map((project) => (
					<ProjectCard key={project.id} project={project} />
				))}
			</Grid>
			{list.hasMore && (
				<div className="mt-6 text-center">
					<Button busy={list.loadingMore} onClick={list.loadMore}>
						Show more
					</Button>
				</div>
			)}
		</>
	);
}

function Grid({ children }: { children: ReactNode }) {
	return (
		<div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">{children}</div>
	);
}

function emptyState(tab: Tab, filtered: boolean, isResearcher: boolean) {
	if (filtered)
		return (
			<EmptyState icon={<FlaskConical />} title="No project matches">
				Change the search or the area to see others.
			</EmptyState>
		);
	if (tab === "mine")
		return (
			<EmptyState
				icon={<FlaskConical />}
				title="You have no project yet"
				action={newProject}
			>
				Say what you want to find out and what it will do to devices, add the
				program, and an admin looks at it.
			</EmptyState>
		);
	return (
		<EmptyState
			icon={<FlaskConical />}
			title="No project runs yet"
			action={
				isResearcher ? (
					newProject
				) : (
					<ButtonLink href="/account/research">Become a researcher</ButtonLink>
				)
			}
		>
			Researchers bring a program and its inputs; this network computes them.
		</EmptyState>
	);
}
