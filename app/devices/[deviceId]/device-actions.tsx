"use client";

import { useMutation } from "@tanstack/react-query";
import {
	Ban,
	Ellipsis,
	Hand,
	Hourglass,
	Pause,
	Pencil,
	Play,
	Trash2,
} from "lucide-react";
import { useState } from "react";
import { ACCESS_LEVEL, hasAccess } from "@/server/accounts/access-level";
import { useCurrentUser } from "../../components/access/use-current-user";
import { Button } from "../../components/actions/button";
import { ConfirmDialog } from "../../components/actions/confirm-dialog";
import { PopupMenu, popupItemClass } from "../../components/actions/popup-menu";
import { TextField } from "../../components/forms/text-field";
import { useTRPC } from "../../components/live/trpc-provider";
import { useToast } from "../../components/notices/toast";
import { EditDevice } from "./edit-device";
import type { DeviceData } from "./use-device";
import { useYoursNow, YoursNowButton } from "./yours-now-button";

type Question = "edit" | "retire" | "block" | null;

/** What its owner, or an admin, can do with a device. */
export function DeviceActions({
	device,
	isOwner,
}: {
	device: DeviceData;
	isOwner: boolean;
}) {
	const [question, setQuestion] = useState<Question>(null);
	const { user } = useCurrentUser();
	const isAdmin = user && hasAccess(user.accessLevel, ACCESS_LEVEL.admin);
	if (device.state === "retired") return null;
	return (
		<>
			{isOwner && <PauseButton device={device} />}
			{isOwner && <YoursNowButton device={device} />}
			<PopupMenu
				label="More actions"
				button={<Ellipsis aria-hidden className="size-5" />}
				buttonClassName="rounded-lg border border-line-strong bg-surface p-2.5 shadow-card hover:bg-sunken [&_svg]:size-4"
			>
				{isOwner && (
					<>
						<MenuButton
							icon={<Pencil aria-hidden />}
							onClick={() => setQuestion("edit")}
						>
							Rename or change kind
						</MenuButton>
						<YoursWithImagesButton device={device} />
						{!device.paused && !device.draining && (
							<DrainButton deviceId={device.id} />
						)}
						<MenuButton
							icon={<Trash2 aria-hidden />}
							onClick={() => setQuestion("retire")}
						>
							Retire…
						</MenuButton>
					</>
				)}
				{isAdmin && (
					<MenuButton
						icon={<Ban aria-hidden />}
						onClick={() => setQuestion("block")}
					>
						{device.blockedReason === null ? "Block…" : "Lift the block…"}
					</MenuButton>
				)}
			</PopupMenu>
			<EditDevice
				device={device}
				open={question === "edit"}
				onClose={() => setQuestion(null)}
			/>
			<RetireDialog
				device={device}
				open={question === "retire"}
				onClose={() => setQuestion(null)}
			/>
			<BlockDialog
				device={device}
				open={question === "block"}
				onClose={() => setQuestion(null)}
			/>
		</>
	);
}

function MenuButton({
	icon,
	onClick,
	children,
}: {
	icon: React.ReactNode;
	onClick: () => void;
	children: React.ReactNode;
}) {
	return (
		<button type="button" className={popupItemClass} onClick={onClick}>
			{icon}
			{children}
		</button>
	);
}

function PauseButton({ device }: { device: DeviceData }) {
	const trpc = useTRPC();
	const toast = useToast();
	const pause = useMutation(
		trpc.devices.pause.mutationOptions({ onError: toast.failed }),
	);
	const resume = useMutation(
		trpc.devices.resume.mutationOptions({ onError: toast.failed }),
	);
	const deviceId = device.id;
	if (device.paused || device.draining)
		return (
			<Button
				variant="primary"
				icon={<Play aria-hidden />}
				busy={resume.isPending}
				onClick={() => resume.mutate({ deviceId })}
			>
				Resume
			</Button>
		);
	return (
		<Button
			icon={<Pause aria-hidden />}
			busy={pause.isPending}
			onClick={() =>
				pause.mutate(
					{ deviceId },
					{
						onSuccess: () =>
							toast.done(
								`${device.name} is paused: what runs is given back.`,
								() => resume.mutate({ deviceId }),
							),
					},
				)
			}
		>
			Pause
		</Button>
	);
}

function YoursWithImagesButton({ device }: { device: DeviceData }) {
	const yoursNow = useYoursNow(device);
	return (
		<MenuButton
			icon={<Hand aria-hidden />}
			onClick={() => yoursNow.press(true)}
		>
			Yours now, images too
		</MenuButton>
	);
}

function DrainButton({ deviceId }: { deviceId: string }) {
	const trpc = useTRPC();
	const toast = useToast();
	const resume = useMutation(
		trpc.devices.resume.mutationOptions({ onError: toast.failed }),
	);
	const drain = useMutation(
		trpc.devices.drain.mutationOptions({
			onError: toast.failed,
			onSuccess: () =>
				toast.done("It finishes what runs and takes nothing new.", () =>
					resume.mutate({ deviceId }),
				),
		}),
	);
	return (
		<MenuButton
			icon={<Hourglass aria-hidden />}
			onClick={() => drain.mutate({ deviceId })}
		>
			Drain: finish what runs
		</MenuButton>
	);
}

type DialogProps = { device: DeviceData; open: boolean; onClose: () => void };

function RetireDialog({ device, open, onClose }: DialogProps) {
	const trpc = useTRPC();
	const toast = useToast();
	const retire = useMutation(trpc.devices.retire.mutationOptions());
	return (
		<ConfirmDialog
			open={open}
			onClose={onClose}
			title={`Retire ${device.name}?`}
			description="This is final. Its running tasks are given to other devices, its agent stops, and it leaves your list. Its credit stays yours."
			confirmLabel="Retire it"
			typeToConfirm={device.name}
			onConfirm={async () => {
				await retire.mutateAsync({ deviceId: device.id });
				toast.done(`${device.name} is retired.`);
			}}
		/>
	);
}

function BlockDialog({ device, open, onClose }: DialogProps) {
	const trpc = useTRPC();
	const [reason, setReason] = useState("");
	const block = useMutation(trpc.devices.block.mutationOptions());
	const unblock = useMutation(trpc.devices.unblock.mutationOptions());
	const deviceId = device.id;
	if (device.blockedReason !== null)
		return (
			<ConfirmDialog
				open={open}
				onClose={onClose}
				danger={false}
				title={`Lift the block of ${device.name}?`}
				description={`It was blocked for this reason: ${device.blockedReason}`}
				confirmLabel="Lift the block"
				onConfirm={() => unblock.mutateAsync({ deviceId })}
			/>
		);
	return (
		<ConfirmDialog
			open={open}
			onClose={onClose}
			title={`Block ${device.name}?`}
			description="Nothing is placed on it until an admin lifts the block. Its owner reads the reason, and the audit log keeps it."
			confirmLabel="Block it"
			onConfirm={() => block.mutateAsync({ deviceId, reason })}
		>
			<TextField
				label="Reason"
				value={reason}
				onValue={setReason}
				maxLength={500}
				required
			/>
		</ConfirmDialog>
	);
}
