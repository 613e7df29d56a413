"use client";

import { Badge } from "../notices/badge";
import { EmptyState } from "../notices/empty-state";
import { TimeAgo } from "../text/time-ago";
import { browserName } from "./browser-name";
import type { Column } from "./data-table";
import { ListCard, type PagedList } from "./list-card";

type SignInRow = {
	id: string;
	at: string;
	method: string;
	succeeded: boolean;
	address: string | null;
	browser: string | null;
};

const columns: Column<SignInRow>[] = [
	{ key: "at", header: "When", cell: ({ at }) => <TimeAgo at={at} /> },
	{
		key: "outcome",
		header: "Outcome",
		cell: ({ succeeded }) =>
			succeeded ? (
				<Badge tone="good">signed in</Badge>
			) : (
				<Badge tone="bad">refused</Badge>
			),
	},
	{ key: "method", header: "By", cell: ({ method }) => method },
	{
		key: "address",
		header: "Address",
		cell: ({ address }) => (
			<span className="font-mono text-[13px]">{address || "–"}</span>
		),
	},
	{
		key: "browser",
		header: "Browser",
		hideBelow: "sm",
		cell: ({ browser }) => browserName(browser),
	},
];

/** Every try to sign in to one account, the refused ones too. */
export function SignInCard({
	list,
	description,
}: {
	list: PagedList<SignInRow>;
	description?: string;
}) {
	return (
		<ListCard
			title="Sign-in history"
			description={description}
			list={list}
			caption="Sign-in history"
			columns={columns}
			rowKey={({ id }) => id}
			empty={<EmptyState title="Nobody has signed in yet" />}
		/>
	);
}
