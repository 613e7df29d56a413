"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/actions/button";
import { ConfirmDialog } from "../../components/actions/confirm-dialog";
import { Card } from "../../components/layout/card";
import { useTRPC } from "../../components/live/trpc-provider";
import { Badge } from "../../components/notices/badge";
import { EmptyState } from "../../components/notices/empty-state";
import { ErrorNotice } from "../../components/notices/error-notice";
import { useToast } from "../../components/notices/toast";
import { type Column, DataTable } from "../../components/tables/data-table";
import { TimeAgo } from "../../components/text/time-ago";
import { NewTokenDialog } from "./new-token-dialog";

type TokenRow = {
	id: string;
	name: string;
	lastFour: string;
	scopes: string[];
	createdAt: string;
	lastUsedAt: string | null;
	expiresAt: string | null;
	revokedAt: string | null;
};

const isOver = ({ expiresAt, revokedAt }: TokenRow): boolean =>
	revokedAt !== null ||
	(expiresAt !== null && new Date(expiresAt) < new Date());

const columns = (onRevoke: (token: TokenRow) => void): Column<TokenRow>[] => [
	{
		key: "name",
		header: "Token",
		cell: (token) => (
			<div>
				<div className={isOver(token) ? "text-ink-faint" : "font-medium"}>
					{token.name}
				</div>
				<div className="font-mono text-ink-faint text-xs">
					lull_…{token.lastFour}
				</div>
			</div>
		),
	},
	{
		key: "scopes",
		header: "May",
		hideBelow: "sm",
		cell: ({ scopes }) => (
			<div className="flex flex-wrap gap-1">
				{scopes.map((scope) => (
					<Badge key={scope}>{scope}</Badge>
				))}
			</div>
		),
	},
	{
		key: "used",
		header: "Last used",
		hideBelow: "md",
		cell: ({ lastUsedAt }) => <TimeAgo at={lastUsedAt} />,
	},
	{
		key: "expires",
		header: "Ends",
		cell: (token) =>
			token.revokedAt ? (
				<Badge tone="bad">revoked</Badge>
			) : isOver(token) ? (
				<Badge>expired</Badge>
			) : (
				<TimeAgo at={token.expiresAt} />
			),
	},
	{
		key: "actions",
		header: <span className="sr-only">Actions</span>,
		align: "right",
		cell: (token) =>
			!isOver(token) && (
				<Button size="sm" variant="danger" onClick={() => onRevoke(token)}>
					Revoke
				</Button>
			),
	},
];

export function TokenList() {
	const trpc = useTRPC();
	const toast = useToast();
	const queryClient = useQueryClient();
	const tokens = useQuery(trpc.account.tokens.queryOptions({}));
	const [making, setMaking] = useState(false);
	const [asked, setAsked] = useState<TokenRow | null>(null);
	const refresh = () =>
		queryClient.invalidateQueries(trpc.account.tokens.pathFilter());
	const revoke = useMutation(
		trpc.account.revokeToken.mutationOptions({
			onSuccess: () => {
				toast.done("The token is revoked");
				return refresh();
			},
		}),
	);
	const make = (
		<Button
			variant="primary"
			size="sm"
			icon={<Plus aria-hidden />}
			onClick={() => setMaking(true)}
		>
			New token
		</Button>
	);
	return (
		<Card
			title="API tokens"
			description="For programs that act for you. Each may do only what you tick; all can be revoked at any time."
			actions={make}
			flush
		>
			<ErrorNotice error={tokens.error} onRetry={() => tokens.refetch()} />
			<DataTable
				caption="Your API tokens"
				columns={columns(setAsked)}
				rows={tokens.data?.items ?? []}
				rowKey={({ id }) => id}
				loading={tokens.isPending}
				empty={
					<EmptyState
						icon={<KeyRound />}
						title="No tokens yet"
						action={
							<Button onClick={() => setMaking(true)}>Make a token</Button>
						}
					>
						The <code className="font-mono">lull</code> command makes its own
						when you run <code className="font-mono">lull login</code>.
					</EmptyState>
				}
			/>
			<NewTokenDialog
				open={making}
				onClose={() => setMaking(false)}
				scopes={tokens.data?.scopes ?? []}
				onMade={refresh}
			/>
			<ConfirmDialog
				open={asked !== null}
				onClose={() => setAsked(null)}
				title={`Revoke “${asked?.name}”?`}
				description="Programs that use it are refused from now on. This cannot be undone."
				confirmLabel="Revoke"
				onConfirm={async () => {
					if (asked) await revoke.mutateAsync({ tokenId: asked.id });
				}}
			/>
		</Card>
	);
}
