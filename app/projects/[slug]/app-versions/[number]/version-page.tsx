"use client";

import { Card } from "../../../../components/layout/card";
import { PageBody } from "../../../../components/layout/page-body";
import { PageHeader } from "../../../../components/layout/page-header";
import { useTRPC } from "../../../../components/live/trpc-provider";
import { useLiveQuery } from "../../../../components/live/use-live-query";
import { ErrorNotice } from "../../../../components/notices/error-notice";
import { Notice } from "../../../../components/notices/notice";
import { Skeleton } from "../../../../components/notices/skeleton";
import { StateBadge } from "../../../../components/notices/state-badge";
import { CodeBlock } from "../../../../components/text/code-block";
import type { AppVersionDetails } from "../../../project-types";
import { BuildOutput } from "./build-output";
import { ContextFiles } from "./context-files";
import { EditVersion } from "./edit-version";
import { VersionActions } from "./version-actions";
import { VersionFacts } from "./version-facts";

/** One version: what it runs, how its image is made, and what was decided about it. */
export function VersionPage({
	slug,
	number,
}: {
	slug: string;
	number: number;
}) {
	const trpc = useTRPC();
	const query = useLiveQuery(
		trpc.appVersions.getByNumber.queryOptions({ project: slug, number }),
		[],
	);
	const found = query.data;
	return (
		<PageBody>
			<PageHeader
				trail={[
					{ href: "/projects", label: "Projects" },
					{ href: `/projects/${slug}`, label: found?.project.name ?? slug },
				]}
				title={`Version ${number}`}
				badge={found && <StateBadge state={found.version.state} />}
				actions={found?.mayEdit && <VersionActions details={found} />}
			/>
			<ErrorNotice error={query.error} onRetry={() => query.refetch()} />
			{query.isPending && <Skeleton className="h-96" />}
			{found && <LoadedVersion slug={slug} first={found} />}
		</PageBody>
	);
}

function LoadedVersion({
	slug,
	first,
}: {
	slug: string;
	first: AppVersionDetails;
}) {
	const trpc = useTRPC();
	const { number, id } = first.version;
	// The same query, followed by the version's id, which the address does not tell.
	const { data = first } = useLiveQuery(
		trpc.appVersions.getByNumber.queryOptions({ project: slug, number }),
		[`appVersion:${id}`],
	);
	const { version, inside } = data;
	const building = version.state === "building";
	return (
		<div className="space-y-6">
			<StateNotice details={data} />
			{inside && building && <BuildOutput version={inside} />}
			<VersionFacts version={version} inside={inside} />
			{data.mayEdit && <EditVersion key={version.state} version={version} />}
			{inside?.buildLog && !building && <BuildOutput version={inside} />}
			{inside?.context && <ContextFiles context={inside.context} />}
			{version.builds.map(({ platform, manifest, signature }) =>
				manifest === null ? null : (
					<Card
						key={platform}
						title={`The signed manifest for ${platform}`}
						description="Exactly this text is signed. Devices check the signature against the key they pinned when they enrolled, and run nothing that is not in it."
					>
						<div className="space-y-4">
							<CodeBlock label="Manifest" code={manifest} wrap />
							<CodeBlock
								label="Signature, Ed25519"
								code={signature ?? ""}
								wrap
							/>
						</div>
					</Card>
				),
			)}
		</div>
	);
}

function StateNotice({ details }: { details: AppVersionDetails }) {
	const { version, inside, project } = details;
	if (!inside) return null;
	if (version.state === "failed")
		return (
			<Notice tone="bad" title="The image was not made">
				{inside.failureReason}
			</Notice>
		);
	if (version.state === "rejected")
		return (
			<Notice tone="bad" title="An admin turned this version down">
				{inside.rejectionReason}
			</Notice>
		);
	if (version.state === "withdrawn")
		return (
			<Notice title="This version was taken out of use">
				{inside.rejectionReason}
			</Notice>
		);
	if (version.state === "submitted")
		return (
			<Notice tone="warn" title="It waits for review">
				It stays as it is until an admin has decided.
			</Notice>
		);
	if (version.state === "built" && project.state === "draft")
		return (
			<Notice tone="good" title="The image is built">
				Hand the project in for review on its page; every version that is built
				goes with it.
			</Notice>
		);
	return null;
}
