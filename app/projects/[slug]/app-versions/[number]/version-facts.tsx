import { Card } from "../../../../components/layout/card";
import { FactsList } from "../../../../components/tables/facts-list";
import { showOperations } from "../../../../components/text/show-quantity";
import { showMemory } from "../../../../devices/show-number";
import type {
	AppVersion,
	AppVersionInside,
	Comparison,
} from "../../../project-types";
import { Placeholders } from "../new/command-field";
import { listBuildFacts } from "./build-facts";

const SOURCES = {
	dockerfile: "Built from a Dockerfile",
	archive: "Uploaded image archive",
	reference: "Pulled from a registry",
	code: "Folder of code with a stock runtime",
} as const;

/** What a version runs and what it asks for. */
export function VersionFacts({
	version,
	inside,
}: {
	version: AppVersion;
	inside: AppVersionInside | null;
}) {
	return (
		<Card title="What it runs and needs">
			<p className="mb-5 flex flex-wrap gap-1.5 font-mono text-sm">
				{version.command.map((part, index) => (
					<span
						// biome-ignore lint/suspicious/noArrayIndexKey: parts of a command may repeat and never move
						key={index}
						className="max-w-full break-all rounded-md border border-line bg-sunken px-2 py-0.5"
					>
						<Placeholders text={part} />
					</span>
				))}
			</p>
			<FactsList
				facts={[
					{ label: "Made from", value: sourceOf(version, inside) },
					...listBuildFacts(version),
					{ label: "Cores", value: version.cores },
					{ label: "Memory", value: showMemory(version.memoryMiB) },
					{ label: "Disk", value: showMemory(version.diskMiB) },
					{ label: "Network", value: "none" },
					{
						label: "Operations",
						value: showOperations(version.estimatedOperations),
					},
					{
						label: "Can be cut",
						value: version.cutting
							? `from {${version.cutting.first}} ${version.cutting.size ? `by {${version.cutting.size}}` : `to {${version.cutting.last}}`}, at least ${version.cutting.smallest}`
							: "No",
					},
					{
						label: "Results agree when",
						value: describeComparison(version.comparison),
					},
				]}
			/>
		</Card>
	);
}

function sourceOf(version: AppVersion, inside: AppVersionInside | null) {
	const details = inside?.sourceDetails;
	const more = details?.reference ?? details?.runtime ?? details?.fileName;
	return (
		<>
			{SOURCES[version.source]}
			{more && (
				<code className="block break-all font-mono text-ink-faint text-xs">
					{more}
				</code>
			)}
		</>
	);
}

/** When two results are taken for the same, in words. */
export function describeComparison(comparison: Comparison): string {
	if (comparison.kind === "bitwise") return "the same bytes";
	const { format, absolute, relative } = comparison;
	return `numbers in ${format} within ${absolute} or ${relative} of the larger`;
}
