"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import {
	ACCESS_LEVEL,
	type AccessLevel,
	accessLevelName,
	mayManage,
} from "@/server/accounts/access-level";
import { useCurrentUser } from "../../../components/access/use-current-user";
import { Button } from "../../../components/actions/button";
import { ConfirmDialog } from "../../../components/actions/confirm-dialog";
import { TextAreaField } from "../../../components/forms/text-area-field";
import { Card } from "../../../components/layout/card";
import { useTRPC } from "../../../components/live/trpc-provider";
import { Notice } from "../../../components/notices/notice";
import { useToast } from "../../../components/notices/toast";

type Person = {
	id: string;
	name: string;
	accessLevel: number;
	suspendedAt: string | null;
};

const meanings: Record<AccessLevel, string> = {
	[ACCESS_LEVEL.superAdmin]: "Everything, admins included.",
	[ACCESS_LEVEL.admin]:
		"Reviews projects, decides on researchers, looks after people and devices.",
	[ACCESS_LEVEL.researcher]: "Runs projects on others' devices once reviewed.",
	[ACCESS_LEVEL.owner]: "Lends devices. Every account may do this.",
};

/** What the person may do, and whether they may come in: for those of a higher level. */
export function AccessForm({ user }: { user: Person }) {
	const trpc = useTRPC();
	const toast = useToast();
	const queryClient = useQueryClient();
	const { user: me } = useCurrentUser();
	const [asked, setAsked] = useState<AccessLevel | "suspend" | null>(null);
	const [reason, setReason] = useState("");
	const refresh = () => queryClient.invalidateQueries(trpc.users.pathFilter());
	const setLevel = useMutation(
		trpc.users.setAccessLevel.mutationOptions({ onSuccess: refresh }),
	);
	const suspend = useMutation(
		trpc.users.suspend.mutationOptions({ onSuccess: refresh }),
	);
	const unsuspend = useMutation(
		trpc.users.unsuspend.mutationOptions({
			onSuccess: () => {
				toast.done(`${user.name} may come in again`);
				return refresh();
			},
			onError: toast.failed,
		}),
	);
	if (!me) return null;
	if (!mayManage(me.accessLevel, user.accessLevel))
		return (
			<Notice>
				{me.id === user.id
					? "This is you. Your rights are changed by someone of a higher level."
					: "Only an account of a higher level can change this one."}
			</Notice>
		);
	const offered = Object.values(ACCESS_LEVEL).filter((level) =>
		mayManage(me.accessLevel, level),
	);
	return (
		<Card title="Rights">
			<ul className="divide-y divide-line">
				{offered.map((level) => (
					<li
						key={level}
						className="flex flex-wrap items-center justify-between gap-3 py-3 text-sm first:pt-0"
					>
						<div className="min-w-0">
							<div className="font-medium first-letter:uppercase">
								{accessLevelName(level)}
							</div>
							<div className="text-ink-faint">{meanings[level]}</div>
						</div>
						{level === user.accessLevel ? (
							<span className="text-ink-faint">has this</span>
						) : (
							<Button size="sm" onClick={() => setAsked(level)}>
								Make {accessLevelName(level)}
							</Button>
						)}
					</li>
				))}
			</ul>
			<div className="mt-4 flex flex-wrap items-center justify-between gap-3 border-line border-t pt-5 text-sm">
				<div>
					<div className="font-medium">
						{user.suspendedAt ? "Suspended" : "Suspend this account"}
					</div>
					<div className="text-ink-faint">
						Signed out everywhere, tokens refused, until let in again.
					</div>
				</div>
				{user.suspendedAt ? (
					<Button
						size="sm"
						busy={unsuspend.isPending}
						onClick={() => unsuspend.mutate({ userId: user.id })}
					>
						Let in again
					</Button>
				) : (
					<Button
						size="sm"
						variant="danger"
						onClick={() => setAsked("suspend")}
					>
						Suspend
					</Button>
				)}
			</div>
			<ConfirmDialog
				open={typeof asked === "number"}
				onClose={() => setAsked(null)}
				title={
					typeof asked === "number"
						? `Make ${user.name} ${accessLevelName(asked)}?`
						: ""
				}
				description={
					typeof asked === "number" &&
					`${meanings[asked]} It counts at once and is written into the audit log.`
				}
				confirmLabel="Change the rights"
				danger={false}
				onConfirm={async () => {
					if (typeof asked === "number")
						await setLevel.mutateAsync({ userId: user.id, accessLevel: asked });
				}}
			/>
			<ConfirmDialog
				open={asked === "suspend"}
				onClose={() => setAsked(null)}
				title={`Suspend ${user.name}?`}
				description="The reason is kept in the audit log."
				confirmLabel="Suspend"
				onConfirm={() => suspend.mutateAsync({ userId: user.id, reason })}
			>
				<TextAreaField
					label="Reason"
					required
					rows={3}
					maxLength={1000}
					value={reason}
					onValue={setReason}
				/>
			</ConfirmDialog>
		</Card>
	);
}
