"use client";

import { useQuery } from "@tanstack/react-query";
import { Archive, Container, FileCode2, Globe } from "lucide-react";
import { ChoiceCards } from "../../../../components/forms/choice-cards";
import { SelectField } from "../../../../components/forms/select-field";
import { TextField } from "../../../../components/forms/text-field";
import { Card } from "../../../../components/layout/card";
import { useTRPC } from "../../../../components/live/trpc-provider";
import { ArchiveField, type ChosenSource, FolderField } from "./folder-field";
import { joinCommand } from "./split-command";
import type { SourceKind, VersionDraft } from "./version-draft";

const sources: {
	value: SourceKind;
	label: string;
	description: string;
	icon: React.ReactNode;
}[] = [
	{
		value: "dockerfile",
		label: "Dockerfile",
		description: "A folder with a Dockerfile; the server builds it.",
		icon: <Container />,
	},
	{
		value: "code",
		label: "Folder of code",
		description: "Python, R, PARI/GP, Octave… with a runtime of ours.",
		icon: <FileCode2 />,
	},
	{
		value: "reference",
		label: "Image reference",
		description: "Pulled from a registry and pinned by its digest.",
		icon: <Globe />,
	},
	{
		value: "archive",
		label: "Image archive",
		description: "What docker save writes, from your own machine.",
		icon: <Archive />,
	},
];

export type DraftProps = {
	draft: VersionDraft;
	onDraft: (changes: Partial<VersionDraft>) => void;
};

/** Where the image comes from. */
export function SourceFields({ draft, onDraft }: DraftProps) {
	return (
		<Card title="The program">
			<div className="space-y-6">
				<ChoiceCards
					label="Where its image comes from"
					options={sources}
					value={draft.kind}
					onValue={(kind) => onDraft({ kind, chosen: null })}
					columns={4}
				/>
				{draft.kind === "dockerfile" && (
					<>
						<FolderField
							value={draft.chosen}
							onValue={(chosen) => onDraft({ chosen })}
						/>
						<div className="max-w-sm">
							<TextField
								label="Dockerfile"
								hint="Its path below the folder"
								mono
								required
								value={draft.dockerfile}
								onValue={(dockerfile) => onDraft({ dockerfile })}
							/>
						</div>
					</>
				)}
				{draft.kind === "archive" && (
					<ArchiveField
						value={draft.chosen}
						onValue={(chosen) => onDraft({ chosen })}
					/>
				)}
				{draft.kind === "reference" && (
					<div className="max-w-xl">
						<TextField
							label="Image"
							hint="It is pinned by the digest it has today; a tag that moves later changes nothing here."
							placeholder="ghcr.io/group/name:v1"
							mono
							required
							value={draft.reference}
							onValue={(reference) => onDraft({ reference })}
						/>
					</div>
				)}
				{draft.kind === "code" && (
					<CodeFields draft={draft} onDraft={onDraft} />
				)}
			</div>
		</Card>
	);
}

function CodeFields({ draft, onDraft }: DraftProps) {
	const trpc = useTRPC();
	const runtimes = useQuery(trpc.appVersions.runtimes.queryOptions({})).data;
	const runtime = runtimes?.find(({ id }) => id === draft.runtime);
	const commandWith = (
		entryPoint: string,
		chosen: typeof runtime,
	): Partial<VersionDraft> =>
		chosen && entryPoint
			? { command: joinCommand([...chosen.interpreter, `/app/${entryPoint}`]) }
			: {};
	const setEntry = (entryPoint: string) =>
		onDraft({ entryPoint, ...commandWith(entryPoint, runtime) });
	const setChosen = (chosen: ChosenSource) => {
		const likely = findEntryPoint(chosen.paths ?? [], runtime?.endings ?? []);
		const entryPoint = draft.entryPoint || likely;
		onDraft({ chosen, entryPoint, ...commandWith(entryPoint, runtime) });
	};
	const entries = draft.chosen?.paths?.slice(0, 500) ?? [];
	return (
		<>
			<FolderField value={draft.chosen} onValue={setChosen} />
			<div className="grid gap-5 sm:grid-cols-2">
				<SelectField
					label="Runtime"
					hint={runtime?.about}
					value={draft.runtime}
					onValue={(id) => {
						const next = runtimes?.find((one) => one.id === id);
						onDraft({ runtime: id, ...commandWith(draft.entryPoint, next) });
					}}
					options={(runtimes ?? []).map(({ id, name }) => ({
						value: id,
						label: name,
					}))}
				/>
				<TextField
					label="Starts with"
					hint="The file that the runtime runs, below the folder"
					mono
					required
					list="entry-points"
					value={draft.entryPoint}
					onValue={setEntry}
				/>
				<datalist id="entry-points">
					{entries.map((path) => (
						<option key={path} value={path} />
					))}
				</datalist>
			</div>
		</>
	);
}

/** `main` before `index` before any other file with the right ending, the one nearest to the top. */
function findEntryPoint(
	paths: readonly string[],
	endings: readonly string[],
): string {
	const likely = paths
		.filter((path) => endings.some((ending) => path.endsWith(ending)))
		.sort((a, b) => a.split("/").length - b.split("/").length);
	const named = (name: string) =>
		likely.find((path) => new RegExp(`(^|/)${name}\\.`).test(path));
	return named("main") ?? named("index") ?? likely[0] ?? "";
}
