import { BookOpen, Braces, Download } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import type { ReactNode } from "react";
import { ButtonLink } from "../components/actions/button";
import { PageBody } from "../components/layout/page-body";
import { PageHeader } from "../components/layout/page-header";
import { type Document, listDocuments } from "./find-documents";

export const metadata: Metadata = { title: "Docs" };

export default async function DocsPage() {
	const { guides, background } = await listDocuments();
	return (
		<PageBody>
			<PageHeader
				title="Docs"
				description="How to lend a device, run research and keep a Lull of your own, and how it all works."
			/>
			<div className="space-y-12">
				<Group title="Guides" documents={guides} />
				<section>
					<h2 className="mb-4 font-semibold text-lg">For programs</h2>
					<div className="grid gap-4 sm:grid-cols-2">
						<Tile
							icon={<Braces aria-hidden />}
							href="/docs/api"
							title="API reference"
							text="Every procedure of the portal as REST, with its parameters, answers and an example."
						/>
						<div className="rounded-2xl border border-line bg-surface p-5 shadow-card">
							<div className="flex items-center gap-2.5 text-accent [&_svg]:size-5">
								<Download aria-hidden />
								<h3 className="font-semibold text-ink">Downloads</h3>
							</div>
							<p className="mt-2 mb-4 text-ink-soft text-sm">
								One file each, for Node.js 20 or newer: the agent for devices
								and the command for researchers.
							</p>
							<div className="flex flex-wrap gap-2">
								<ButtonLink size="sm" href="/downloads/lull-agent.mjs" download>
									lull-agent.mjs
								</ButtonLink>
								<ButtonLink size="sm" href="/downloads/lull.mjs" download>
									lull.mjs
								</ButtonLink>
							</div>
						</div>
					</div>
				</section>
				<Group title="How it works" documents={background} />
			</div>
		</PageBody>
	);
}

function Group({ title, documents }: { title: string; documents: Document[] }) {
	if (documents.length === 0) return null;
	return (
		<section>
			<h2 className="mb-4 font-semibold text-lg">{title}</h2>
			<div className="grid gap-4 sm:grid-cols-2">
				{documents.map((document) => (
					<Tile
						key={document.slug}
						icon={<BookOpen aria-hidden />}
						href={`/docs/${document.slug}`}
						title={document.title}
						text={document.summary}
					/>
				))}
			</div>
		</section>
	);
}

function Tile({
	icon,
	href,
	title,
	text,
}: {
	icon: ReactNode;
	href: string;
	title: string;
	text: string;
}) {
	return (
		<Link
			href={href}
			className="block rounded-2xl border border-line bg-surface p-5 shadow-card hover:border-line-strong hover:bg-sunken/50"
		>
			<div className="flex items-center gap-2.5 text-accent [&_svg]:size-5">
				{icon}
				<h3 className="font-semibold text-ink">{title}</h3>
			</div>
			<p className="mt-2 text-ink-soft text-sm">{text}</p>
		</Link>
	);
}
