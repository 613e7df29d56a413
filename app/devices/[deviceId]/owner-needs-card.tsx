"use client";

import { useMutation } from "@tanstack/react-query";
import { CalendarClock, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Button } from "../../components/actions/button";
import { TextField } from "../../components/forms/text-field";
import { Card } from "../../components/layout/card";
import { useTRPC } from "../../components/live/trpc-provider";
import { useLiveQuery } from "../../components/live/use-live-query";
import { ErrorNotice } from "../../components/notices/error-notice";
import { fieldError } from "../../components/notices/error-sentence";
import { useToast } from "../../components/notices/toast";
import {
	hasBegun,
	type Stretch,
	showStretch,
	tomorrowMorning,
	tonight,
} from "./need-presets";

/** The owner's word about when they will need the device, which the forecast believes. */
export function OwnerNeedsCard({
	deviceId,
	mayChange,
}: {
	deviceId: string;
	mayChange: boolean;
}) {
	const trpc = useTRPC();
	const { data, error, refetch } = useLiveQuery(
		trpc.devices.needs.queryOptions({ deviceId }),
		[`device:${deviceId}`],
	);
	const needs = data?.needs ?? [];
	return (
		<Card
			title="When you need it"
			description="Say when you will need the device yourself. No task is placed that would not be done by then."
		>
			<div className="space-y-4">
				{mayChange && <AddNeed deviceId={deviceId} />}
				<ErrorNotice error={error} onRetry={() => void refetch()} />
				{needs.length > 0 && (
					<ul className="divide-y divide-line">
						{needs.map((need) => (
							<NeedRow
								key={need.id}
								need={need}
								deviceId={deviceId}
								mayChange={mayChange}
							/>
						))}
					</ul>
				)}
			</div>
		</Card>
	);
}

function AddNeed({ deviceId }: { deviceId: string }) {
	const trpc = useTRPC();
	const toast = useToast();
	const [custom, setCustom] = useState(false);
	const remove = useMutation(
		trpc.devices.removeNeed.mutationOptions({ onError: toast.failed }),
	);
	const add = useMutation(
		trpc.devices.addNeed.mutationOptions({
			onSuccess: ({ id: needId, ...need }) => {
				setCustom(false);
				toast.done(`Noted: ${showStretch(need)}.`, () =>
					remove.mutate({ deviceId, needId }),
				);
			},
		}),
	);
	const say = (stretch: Stretch) =>
		add.mutate({
			deviceId,
			from: stretch.from.toISOString(),
			until: stretch.until.toISOString(),
		});
	return (
		<div className="space-y-3">
			<div className="flex flex-wrap gap-2">
				<Button size="sm" onClick={() => say(tonight(new Date()))}>
					Tonight
				</Button>
				<Button size="sm" onClick={() => say(tomorrowMorning(new Date()))}>
					Tomorrow morning
				</Button>
				<Button
					size="sm"
					aria-expanded={custom}
					onClick={() => setCustom(!custom)}
				>
					Another time…
				</Button>
			</div>
			{custom && (
				<CustomNeed busy={add.isPending} error={add.error} say={say} />
			)}
			{!custom && <ErrorNotice error={add.error} />}
		</div>
	);
}

function CustomNeed({
	busy,
	error,
	say,
}: {
	busy: boolean;
	error: unknown;
	say: (stretch: Stretch) => void;
}) {
	const [from, setFrom] = useState("");
	const [until, setUntil] = useState("");
	const submit = (event: FormEvent) => {
		event.preventDefault();
		say({ from: new Date(from), until: new Date(until) });
	};
	const field = {
		type: "datetime-local",
		required: true,
		max: "9999-12-31T23:59",
	};
	return (
		<form onSubmit={submit} className="grid gap-3 sm:grid-cols-2">
			<TextField
				label="From"
				{...field}
				value={from}
				onValue={setFrom}
				error={fieldError(error, "from")}
			/>
			<TextField
				label="Until"
				{...field}
				value={until}
				onValue={setUntil}
				error={fieldError(error, "until")}
			/>
			<div>
				<Button type="submit" variant="primary" size="sm" busy={busy}>
					I will need it then
				</Button>
			</div>
		</form>
	);
}

function NeedRow({
	need,
	deviceId,
	mayChange,
}: {
	need: { id: string; from: string; until: string };
	deviceId: string;
	mayChange: boolean;
}) {
	const trpc = useTRPC();
	const toast = useToast();
	const { from, until } = need;
	const add = useMutation(
		trpc.devices.addNeed.mutationOptions({ onError: toast.failed }),
	);
	const remove = useMutation(
		trpc.devices.removeNeed.mutationOptions({
			onError: toast.failed,
			onSuccess: () =>
				toast.done("Taken back.", () => add.mutate({ deviceId, from, until })),
		}),
	);
	const text = showStretch(need);
	return (
		<li className="flex items-center gap-3 py-2 text-sm">
			<CalendarClock aria-hidden className="size-4 shrink-0 text-ink-faint" />
			<span className="min-w-0 flex-1">
				{text}
				{hasBegun(need, new Date()) && (
					<span className="text-ink-faint"> – now</span>
				)}
			</span>
			{mayChange && (
				<Button
					variant="ghost"
					size="sm"
					icon={<X aria-hidden />}
					aria-label={`Take back: ${text}`}
					busy={remove.isPending}
					onClick={() => remove.mutate({ deviceId, needId: need.id })}
				/>
			)}
		</li>
	);
}
