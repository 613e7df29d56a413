"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { ButtonLink } from "../../components/actions/button";
import { SearchField } from "../../components/forms/search-field";
import { Card } from "../../components/layout/card";
import { PageBody } from "../../components/layout/page-body";
import { PageHeader } from "../../components/layout/page-header";
import { EmptyState } from "../../components/notices/empty-state";
import { ErrorNotice } from "../../components/notices/error-notice";
import { Skeleton } from "../../components/notices/skeleton";
import { CodeBlock } from "../../components/text/code-block";
import { MarkdownText } from "../../components/text/markdown-text";
import { EndpointCard } from "./endpoint-card";
import { type Endpoint, groupByTag, type OpenApi } from "./open-api";

const ADDRESS = "/api/v1/openapi.json";

async function fetchDocument(): Promise<OpenApi> {
	const response = await fetch(ADDRESS);
	if (!response.ok)
		throw new Error("The description of the API cannot be read now.");
	return response.json();
}

/** Every procedure, from the same description that programs read. */
export function ApiReference() {
	const query = useQuery({ queryKey: [ADDRESS], queryFn: fetchDocument });
	return (
		<PageBody>
			<PageHeader
				title="API reference"
				trail={[{ href: "/docs", label: "Docs" }]}
				description="The procedures of the portal, for programs. Make a token on your account page, or with “lull login”."
				actions={
					<ButtonLink href={ADDRESS} download>
						openapi.json
					</ButtonLink>
				}
			/>
			{query.data ? (
				<Reference document={query.data} />
			) : query.error ? (
				<ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
			) : (
				<div className="space-y-4">
					<Skeleton className="h-40" />
					<Skeleton className="h-96" />
				</div>
			)}
		</PageBody>
	);
}

function Reference({ document }: { document: OpenApi }) {
	const [search, setSearch] = useState("");
	const origin = useOrigin();
	const base = `${origin}${document.servers?.[0]?.url ?? ""}`;
	const groups = groupByTag(document)
		.map(([tag, endpoints]): [string, Endpoint[]] => [
			tag,
			endpoints.filter((endpoint) => matches(endpoint, search)),
		])
		.filter(([, endpoints]) => endpoints.length > 0);
	const linked = useLinkedId();
	return (
		<div className="grid gap-x-10 gap-y-6 lg:grid-cols-[11rem_minmax(0,1fr)]">
			<nav aria-label="Parts of the API" className="hidden lg:block">
				<ul className="sticky top-24 space-y-1 text-sm">
					{groups.map(([tag, { length }]) => (
						<li key={tag}>
							<a
								href={`#${anchorOf(tag)}`}
								className="flex justify-between rounded-lg px-3 py-1.5 text-ink-soft hover:bg-sunken hover:text-ink"
							>
								{tag}
								<span className="text-ink-faint tabular-nums">{length}</span>
							</a>
						</li>
					))}
				</ul>
			</nav>
			<div className="min-w-0 space-y-8">
				<Introduction document={document} base={base} />
				<SearchField
					label="Search the procedures"
					value={search}
					onValue={setSearch}
				/>
				{groups.length === 0 && (
					<EmptyState title="No procedure matches">
						Search for a part of an address or a word of its description.
					</EmptyState>
				)}
				{groups.map(([tag, endpoints]) => (
					<section key={tag} id={anchorOf(tag)} className="scroll-mt-24">
						<h2 className="mb-3 font-semibold text-lg">{tag}</h2>
						<Card flush>
							{endpoints.map((endpoint) => (
								<EndpointCard
									key={`${endpoint.id}${endpoint.id === linked}`}
									endpoint={endpoint}
									base={base}
									openAtFirst={endpoint.id === linked}
								/>
							))}
						</Card>
					</section>
				))}
			</div>
		</div>
	);
}

function Introduction({ document, base }: { document: OpenApi; base: string }) {
	const description = document.info.description ?? "";
	return (
		<Card>
			<div className="space-y-5">
				<MarkdownText text={description} />
				<CodeBlock
					label="With a token"
					code={`export LULL_TOKEN=…\ncurl -H "Authorization: Bearer $LULL_TOKEN" ${base}/devices`}
				/>
				<p className="text-ink-soft text-sm">
					Lists come in pages: pass the answer's{" "}
					<code className="font-mono">nextCursor</code> as{" "}
					<code className="font-mono">cursor</code> for the next one; without it
					that was the last. Times are ISO 8601 in UTC.
				</p>
			</div>
		</Card>
	);
}

const anchorOf = (tag: string) =>
	`tag-${tag.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`;

const matches = ({ path, operation }: Endpoint, search: string) =>
	`${path} ${operation.summary ?? ""} ${operation.description ?? ""}`
		.toLowerCase()
		.includes(search.trim().toLowerCase());

/** The portal's address as the reader knows it; empty until the page is in a browser. */
function useOrigin(): string {
	const [origin, setOrigin] = useState("");
	useEffect(() => setOrigin(window.location.origin), []);
	return origin;
}

/** The procedure that the page's address points at, which is opened at once. */
function useLinkedId(): string {
	const [id, setId] = useState("");
	useEffect(() => {
		const follow = () =>
			setId(decodeURIComponent(window.location.hash.slice(1)));
		follow();
		window.addEventListener("hashchange", follow);
		return () => window.removeEventListener("hashchange", follow);
	}, []);
	useEffect(() => {
		if (id) document.getElementById(id)?.scrollIntoView();
	}, [id]);
	return id;
}
