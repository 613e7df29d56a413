"use client";

import Link from "next/link";
import { useState } from "react";
import { SearchField } from "../../components/forms/search-field";
import { SelectField } from "../../components/forms/select-field";
import { useTRPC } from "../../components/live/trpc-provider";
import { nextPage, useLivePages } from "../../components/live/use-live-pages";
import { AccessBadge } from "../../components/notices/access-badge";
import { EmptyState } from "../../components/notices/empty-state";
import { StateBadge } from "../../components/notices/state-badge";
import type { Column } from "../../components/tables/data-table";
import { ListCard } from "../../components/tables/list-card";
import { TimeAgo } from "../../components/text/time-ago";

type UserRow = {
	id: string;
	email: string;
	name: string;
	accessLevel: number;
	suspendedAt: string | null;
	createdAt: string;
	totalCredit: number;
	devices: number;
	projects: number;
};

const levels = [
	{ value: "", label: "All levels" },
	{ value: "superAdmin", label: "Super admins" },
	{ value: "admin", label: "Admins" },
	{ value: "researcher", label: "Researchers" },
	{ value: "owner", label: "Owners" },
] as const;
const states = [
	{ value: "", label: "Active and suspended" },
	{ value: "active", label: "Active" },
	{ value: "suspended", label: "Suspended" },
] as const;

const columns: Column<UserRow>[] = [
	{
		key: "person",
		header: "Person",
		cell: ({ id, name, email }) => (
			<div className="min-w-0">
				<Link
					href={`/admin/users/${id}`}
					className="font-medium hover:underline"
				>
					{name}
				</Link>
				<div className="break-all text-ink-faint text-xs">{email}</div>
			</div>
		),
	},
	{
		key: "level",
		header: "Rights",
		cell: ({ accessLevel, suspendedAt }) =>
			suspendedAt ? (
				<StateBadge state="suspended" />
			) : (
				<AccessBadge level={accessLevel} />
			),
	},
	{
		key: "devices",
		header: "Devices",
		align: "right",
		hideBelow: "md",
		cell: ({ devices }) => devices,
	},
	{
		key: "projects",
		header: "Projects",
		align: "right",
		hideBelow: "md",
		cell: ({ projects }) => projects,
	},
	{
		key: "credit",
		header: "Credit",
		align: "right",
		hideBelow: "lg",
		cell: ({ totalCredit }) =>
			totalCredit.toLocaleString("en", { maximumFractionDigits: 0 }),
	},
	{
		key: "since",
		header: "Since",
		align: "right",
		hideBelow: "sm",
		cell: ({ createdAt }) => <TimeAgo at={createdAt} />,
	},
];

export function UserTable() {
	const trpc = useTRPC();
	const [search, setSearch] = useState("");
	const [level, setLevel] = useState<(typeof levels)[number]["value"]>("");
	const [state, setState] = useState<(typeof states)[number]["value"]>("");
	const list = useLivePages(
		trpc.users.list.infiniteQueryOptions(
			{
				...(search && { search }),
				...(level && { level }),
				...(state && { state }),
			},
			nextPage,
		),
		["moderation"],
	);
	return (
		<>
			<div className="flex flex-wrap items-end gap-3">
				<SearchField
					label="Name or e-mail address"
					value={search}
					onValue={setSearch}
				/>
				<div className="w-40">
					<SelectField
						label={<span className="sr-only">Rights</span>}
						options={levels}
						value={level}
						onValue={setLevel}
					/>
				</div>
				<div className="w-52">
					<SelectField
						label={<span className="sr-only">State</span>}
						options={states}
						value={state}
						onValue={setState}
					/>
				</div>
			</div>
			<ListCard
				list={list}
				caption="People"
				columns={columns}
				rowKey={({ id }) => id}
				rowHref={({ id }) => `/admin/users/${id}`}
				empty={
					<EmptyState title="Nobody is like that">
						Search for something else, or show all levels.
					</EmptyState>
				}
			/>
		</>
	);
}
