"use client";

import type { inferRouterOutputs } from "@trpc/server";
import { ScrollText } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import type { AppRouter } from "@/server/api/app-router";
import { SelectField } from "../../components/forms/select-field";
import { useTRPC } from "../../components/live/trpc-provider";
import { nextPage, useLivePages } from "../../components/live/use-live-pages";
import { EmptyState } from "../../components/notices/empty-state";
import type { Column } from "../../components/tables/data-table";
import { ListCard } from "../../components/tables/list-card";
import { TimeAgo } from "../../components/text/time-ago";

type Entry =
	inferRouterOutputs<AppRouter>["moderation"]["auditLog"]["items"][number];

const subjects = [
	{ value: "", label: "Everything" },
	{ value: "project", label: "Projects" },
	{ value: "appVersion", label: "App versions" },
	{ value: "user", label: "People" },
	{ value: "device", label: "Devices" },
	{ value: "batch", label: "Batches" },
] as const;
type Subject = (typeof subjects)[number]["value"];

const pages: Record<string, (id: string) => string> = {
	project: (id) => `/projects/${id}`,
	user: (id) => `/admin/users/${id}`,
	device: (id) => `/devices/${id}`,
};

const columns: Column<Entry>[] = [
	{
		key: "at",
		header: "When",
		cell: ({ at }) => <TimeAgo at={at} />,
	},
	{
		key: "actor",
		header: "Who",
		cell: ({ actor }) =>
			actor ? (
				<Link href={`/admin/users/${actor.id}`} className="hover:underline">
					{actor.name}
				</Link>
			) : (
				<span className="text-ink-faint">the system</span>
			),
	},
	{
		key: "action",
		header: "What",
		cell: ({ action, subjectType, subjectId }) => {
			const page = pages[subjectType];
			const words = sayAction(action);
			return page ? (
				<Link href={page(subjectId)} className="font-medium hover:underline">
					{words}
				</Link>
			) : (
				<span className="font-medium">{words}</span>
			);
		},
	},
	{
		key: "details",
		header: "Details",
		hideBelow: "sm",
		className: "max-w-md break-words text-ink-soft",
		cell: ({ details }) =>
			Object.entries(details)
				.map(([name, value]) => `${sayAction(name)}: ${sayValue(value)}`)
				.join(" · "),
	},
];

/** `projectApproved` → `project approved`. */
const sayAction = (action: string): string =>
	action.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();

const sayValue = (value: unknown): string => {
	const text = typeof value === "string" ? value : JSON.stringify(value);
	return text.length > 160 ? `${text.slice(0, 160)}…` : text;
};

/** Who with rights did what, newest first. Nothing of it can be changed. */
export function AuditLog() {
	const trpc = useTRPC();
	const [subject, setSubject] = useState<Subject>("");
	const list = useLivePages(
		trpc.moderation.auditLog.infiniteQueryOptions(
			{ limit: 50, ...(subject && { subjectType: subject }) },
			nextPage,
		),
		["moderation"],
	);
	return (
		<ListCard
			title="Audit log"
			description="Who with rights did what. Entries are only ever added."
			actions={
				<div className="w-44">
					<SelectField
						label={<span className="sr-only">About</span>}
						value={subject}
						onValue={setSubject}
						options={subjects}
					/>
				</div>
			}
			list={list}
			caption="Audit log"
			columns={columns}
			rowKey={({ id }) => id}
			empty={
				<EmptyState icon={<ScrollText />} title="Nothing happened yet">
					Decisions about projects, people and devices are written down here.
				</EmptyState>
			}
		/>
	);
}
