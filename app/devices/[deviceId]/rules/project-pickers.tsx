"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { CheckField } from "../../../components/forms/check-field";
import { useTRPC } from "../../../components/live/trpc-provider";
import type { OwnerRulesDraft } from "./owner-rules-draft";
import { type Pick, PickList } from "./pick-list";

type Names = ReadonlyMap<string, string>;

/** Which projects and areas of science the device computes for, and which never. */
export function ProjectPickers({
	draft,
	named,
	onChange,
}: {
	draft: OwnerRulesDraft;
	/** The projects that the stored rules name. */
	named: readonly { id: string; name: string }[];
	onChange: (facts: Partial<OwnerRulesDraft>) => void;
}) {
	const [known, setKnown] = useState<Names>(
		() => new Map(named.map(({ id, name }) => [id, name])),
	);
	const learn = (options: readonly Pick[]) =>
		setKnown(
			(before) =>
				new Map([
					...before,
					...options.map(({ value, label }) => [value, label] as const),
				]),
		);
	return (
		<div className="space-y-6">
			<CheckField
				label="Only projects that I name"
				hint="New ones wait until you add them."
				checked={draft.projects !== null}
				onValue={(only) => onChange({ projects: only ? [] : null })}
			/>
			{draft.projects && (
				<ProjectPicker
					label="Projects"
					hint="The device computes for these and no others."
					ids={draft.projects}
					known={known}
					onIds={(projects) => onChange({ projects })}
					onKnown={learn}
				/>
			)}
			<ProjectPicker
				label="Never for these projects"
				hint="They are left out whatever else you say."
				ids={draft.neverProjects}
				known={known}
				onIds={(neverProjects) => onChange({ neverProjects })}
				onKnown={learn}
			/>
			<CheckField
				label="Only areas of science that I name"
				hint="Together with named projects, both must fit."
				checked={draft.areas !== null}
				onValue={(only) => onChange({ areas: only ? [] : null })}
			/>
			{draft.areas && (
				<AreaPicker
					label="Areas"
					hint="The device computes in these and no others."
					areas={draft.areas}
					onAreas={(areas) => onChange({ areas })}
				/>
			)}
			<AreaPicker
				label="Never in these areas"
				hint="They are left out whatever else you say."
				areas={draft.neverAreas}
				onAreas={(neverAreas) => onChange({ neverAreas })}
			/>
		</div>
	);
}

function ProjectPicker({
	label,
	hint,
	ids,
	known,
	onIds,
	onKnown,
}: {
	label: string;
	hint: string;
	ids: readonly string[];
	known: Names;
	onIds: (ids: string[]) => void;
	onKnown: (options: readonly Pick[]) => void;
}) {
	const trpc = useTRPC();
	const [search, setSearch] = useState("");
	const { data } = useQuery(
		trpc.projects.list.queryOptions(
			{
				limit: 20,
				...(search.trim() && { search: search.trim().slice(0, 80) }),
			},
			{ placeholderData: (previous) => previous },
		),
	);
	const options = (data?.items ?? []).map(({ id, name }) => ({
		value: id,
		label: name,
	}));
	return (
		<PickList
			label={label}
			hint={hint}
			search={{
				label: `${label}: find a project`,
				placeholder: "Find a project",
			}}
			picked={ids.map((id) => ({ value: id, label: known.get(id) ?? id }))}
			options={options}
			onSearch={setSearch}
			onPicked={(values) => {
				onKnown(options);
				onIds(values);
			}}
		/>
	);
}

function AreaPicker({
	label,
	hint,
	areas,
	onAreas,
}: {
	label: string;
	hint: string;
	areas: readonly string[];
	onAreas: (areas: string[]) => void;
}) {
	const trpc = useTRPC();
	const [search, setSearch] = useState("");
	const { data } = useQuery(trpc.projects.scienceAreas.queryOptions({}));
	const all = [
		...(data?.offered ?? []),
		...(data?.used ?? []).map(({ scienceArea }) => scienceArea),
	];
	const options = [...new Set(all)]
		.filter((area) => area.toLowerCase().includes(search.trim().toLowerCase()))
		.map((area) => ({ value: area, label: area }));
	return (
		<PickList
			label={label}
			hint={hint}
			search={{ label: `${label}: find an area`, placeholder: "Find an area" }}
			picked={areas.map((area) => ({ value: area, label: area }))}
			options={options}
			onSearch={setSearch}
			onPicked={onAreas}
		/>
	);
}
