"use client";

import { CircleCheck, Plus, RefreshCw } from "lucide-react";
import { useState } from "react";
import { Button, ButtonLink } from "../../components/actions/button";
import { Card } from "../../components/layout/card";
import { Tabs } from "../../components/layout/tabs";
import { ErrorNotice } from "../../components/notices/error-notice";
import { Notice } from "../../components/notices/notice";
import { Spinner } from "../../components/notices/spinner";
import { CodeBlock } from "../../components/text/code-block";
import { QrCode } from "./qr-code";
import { useCountdown } from "./use-countdown";
import { useNewDevice } from "./use-new-device";

/** A code and what to do with it, as the API answers it. */
export interface EnrolmentOffer {
	code: string;
	expiresAt: string;
	command: string;
	dockerCommand: string;
	pageUrl: string;
}

/** The command, and a live view of what becomes of it. */
export function EnrolmentSteps({
	offer,
	busy,
	error,
	onNewCode,
	onAnother,
}: {
	offer: EnrolmentOffer;
	busy: boolean;
	error: unknown;
	onNewCode: () => void;
	onAnother: () => void;
}) {
	const device = useNewDevice();
	const { text, over } = useCountdown(offer.expiresAt);
	if (device?.state === "online")
		return (
			<Card>
				<div className="flex flex-col items-center py-8 text-center">
					<CircleCheck aria-hidden className="mb-4 size-10 text-good" />
					<h2 className="font-semibold text-xl" aria-live="polite">
						{device.name} is online
					</h2>
					<p className="mt-2 max-w-md text-ink-soft">
						It measures itself and takes its first task as soon as there is one
						that fits.
					</p>
					<div className="mt-6 flex flex-wrap justify-center gap-2">
						<ButtonLink variant="primary" href={`/devices/${device.id}`}>
							Watch it
						</ButtonLink>
						<Button onClick={onAnother} icon={<Plus aria-hidden />}>
							Add another
						</Button>
					</div>
				</div>
			</Card>
		);
	return (
		<div className="space-y-4">
			<Card
				title="Run this on the device"
				description="It downloads the agent, enrolls the machine with the code and starts it. It says each thing it does, and how to remove it all again."
			>
				{over && !device ? (
					<Notice
						tone="warn"
						title="The code has expired"
						action={
							<Button size="sm" busy={busy} onClick={onNewCode}>
								New code
							</Button>
						}
					>
						A code works once, for ten minutes.
					</Notice>
				) : (
					<Commands offer={offer} />
				)}
				<ErrorNotice error={error} />
			</Card>
			<Card>
				<div
					className="flex flex-wrap items-center justify-between gap-4"
					aria-live="polite"
				>
					<Spinner
						label={
							device
								? `${device.name} is enrolled and connecting…`
								: "Waiting for the device…"
						}
					/>
					{!device && !over && (
						<div className="flex items-center gap-3 text-ink-faint text-sm tabular-nums">
							<span aria-live="off">
								Code <code className="font-mono text-ink">{offer.code}</code>,{" "}
								{text} left
							</span>
							<Button
								size="sm"
								variant="ghost"
								busy={busy}
								onClick={onNewCode}
								icon={<RefreshCw aria-hidden />}
							>
								New code
							</Button>
						</div>
					)}
				</div>
			</Card>
		</div>
	);
}

function Commands({ offer }: { offer: EnrolmentOffer }) {
	const [way, setWay] = useState<"shell" | "docker" | "phone">("shell");
	return (
		<Tabs
			label="Ways to enroll"
			current={way}
			onChange={setWay}
			tabs={[
				{ key: "shell", label: "Shell" },
				{ key: "docker", label: "Docker only" },
				{ key: "phone", label: "QR code" },
			]}
		>
			{way === "shell" && (
				<div className="space-y-3">
					<CodeBlock label="In a terminal" code={offer.command} wrap />
					<p className="text-ink-soft text-sm">
						With <code className="font-mono">sudo sh</code> at its end the agent
						becomes a service that starts with the machine.
					</p>
				</div>
			)}
			{way === "docker" && (
				<div className="space-y-3">
					<CodeBlock label="In a terminal" code={offer.dockerCommand} wrap />
					<p className="text-ink-soft text-sm">
						The agent runs in a container of its own, with the engine's socket
						mounted. Nothing but Docker is needed on the device.
					</p>
				</div>
			)}
			{way === "phone" && (
				<div className="flex flex-wrap items-center gap-6">
					<QrCode text={offer.pageUrl} label="Address of the command" />
					<p className="max-w-xs text-ink-soft text-sm">
						Opens the command on a phone or tablet, from where you can copy it
						into a remote shell on the device.
					</p>
				</div>
			)}
		</Tabs>
	);
}
