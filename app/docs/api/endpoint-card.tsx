"use client";

import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { Badge, type BadgeTone } from "../../components/notices/badge";
import { CodeBlock } from "../../components/text/code-block";
import { MarkdownText } from "../../components/text/markdown-text";
import {
	curlExample,
	type Endpoint,
	exampleOf,
	type Parameter,
	schemaOf,
} from "./open-api";
import { Field, SchemaTable } from "./schema-table";

const tones: Record<string, BadgeTone> = {
	GET: "accent",
	POST: "good",
	PATCH: "warn",
	PUT: "warn",
	DELETE: "bad",
};

/** One procedure: a line that opens to all there is to know of it. */
export function EndpointCard({
	endpoint,
	base,
	openAtFirst,
}: {
	endpoint: Endpoint;
	base: string;
	openAtFirst: boolean;
}) {
	const [open, setOpen] = useState(openAtFirst);
	const { id, method, path, operation } = endpoint;
	return (
		<article
			id={id}
			className="scroll-mt-24 border-line border-b last:border-b-0"
		>
			<button
				type="button"
				aria-expanded={open}
				aria-controls={`${id}-details`}
				onClick={() => setOpen(!open)}
				className="flex w-full items-center gap-3 px-5 py-3.5 text-left outline-offset-[-2px] hover:bg-sunken/50 sm:px-6"
			>
				<span className="w-16 shrink-0">
					<Badge tone={tones[method] ?? "neutral"}>{method}</Badge>
				</span>
				<span className="min-w-0 flex-1">
					<code className="block break-all font-mono text-[13px]">{path}</code>
					<span className="block text-ink-soft text-sm">
						{operation.summary}
					</span>
				</span>
				{!operation.security?.length && (
					<span className="hidden text-ink-faint text-xs sm:block">public</span>
				)}
				<ChevronDown
					aria-hidden
					className={`size-4 shrink-0 text-ink-faint transition-transform ${open ? "rotate-180" : ""}`}
				/>
			</button>
			{open && (
				<div id={`${id}-details`} className="px-5 pb-6 sm:px-6">
					<EndpointDetails endpoint={endpoint} base={base} />
				</div>
			)}
		</article>
	);
}

function EndpointDetails({
	endpoint,
	base,
}: {
	endpoint: Endpoint;
	base: string;
}) {
	const { operation } = endpoint;
	const body = schemaOf(operation.requestBody);
	const answer = schemaOf(operation.responses?.["200"]);
	const parameters = operation.parameters ?? [];
	return (
		<div className="grid gap-6 lg:grid-cols-2">
			<div className="min-w-0 space-y-5">
				{operation.description && <MarkdownText text={operation.description} />}
				<ParameterList
					title="In the address"
					parameters={parameters.filter((parameter) => parameter.in === "path")}
				/>
				<ParameterList
					title="In the query"
					parameters={parameters.filter(
						(parameter) => parameter.in === "query",
					)}
				/>
				{body && (
					<Part title="Body">
						<SchemaTable schema={body} />
					</Part>
				)}
				{answer && (
					<Part title="Answer">
						<SchemaTable schema={answer} />
					</Part>
				)}
			</div>
			<div className="min-w-0 space-y-4">
				<CodeBlock label="Example" code={curlExample(endpoint, base)} wrap />
				{answer && (
					<CodeBlock
						label="Answer"
						code={JSON.stringify(exampleOf(answer), null, 2)}
					/>
				)}
			</div>
		</div>
	);
}

function ParameterList({
	title,
	parameters,
}: {
	title: string;
	parameters: Parameter[];
}) {
	if (parameters.length === 0) return null;
	return (
		<Part title={title}>
			<ul>
				{parameters.map(({ name, schema, required, description }) => (
					<Field
						key={name}
						name={name}
						schema={schema ?? {}}
						required={required ?? false}
						description={description}
					/>
				))}
			</ul>
		</Part>
	);
}

function Part({
	title,
	children,
}: {
	title: string;
	children: React.ReactNode;
}) {
	return (
		<section>
			<h4 className="mb-1 font-medium text-ink-faint text-xs uppercase tracking-wide">
				{title}
			</h4>
			{children}
		</section>
	);
}
