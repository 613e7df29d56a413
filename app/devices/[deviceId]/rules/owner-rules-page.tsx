"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { OwnerRules } from "@/agent/core/protocol";
import { useCurrentUser } from "../../../components/access/use-current-user";
import { Button } from "../../../components/actions/button";
import { ConfirmDialog } from "../../../components/actions/confirm-dialog";
import { PageBody } from "../../../components/layout/page-body";
import { PageHeader } from "../../../components/layout/page-header";
import { useTRPC } from "../../../components/live/trpc-provider";
import { ErrorNotice } from "../../../components/notices/error-notice";
import { Notice } from "../../../components/notices/notice";
import { Skeleton } from "../../../components/notices/skeleton";
import { useToast } from "../../../components/notices/toast";
import { showCounted } from "../../../components/text/show-quantity";
import { type DeviceData, useDevice } from "../use-device";
import { useRules } from "../use-rules";
import { OwnerRulesForm } from "./owner-rules-form";

/** When and how far a device may be used, for its owner to say. */
export function OwnerRulesPage({ deviceId }: { deviceId: string }) {
	const { data: device, error } = useDevice(deviceId);
	return (
		<PageBody>
			<PageHeader
				title="Rules"
				trail={[
					{ href: "/devices", label: "Devices" },
					{ href: `/devices/${deviceId}`, label: device?.name ?? "Device" },
				]}
				description="When and how far this device may be used. It keeps to its rules by itself, also while the server is away; its own settings can only make them stricter."
				actions={device && <CopyRules device={device} />}
			/>
			<ErrorNotice error={error} />
			{device ? <Rules device={device} /> : !error && <Waiting />}
		</PageBody>
	);
}

const Waiting = () => <Skeleton className="h-96" />;

function Rules({ device }: { device: DeviceData }) {
	const { user } = useCurrentUser();
	const { data, error, refetch } = useRules(device.id);
	const save = useSaveRules(device);
	if (!data)
		return error ? (
			<ErrorNotice error={error} onRetry={() => void refetch()} />
		) : (
			<Waiting />
		);
	if (user && user.id !== device.owner?.id)
		return (
			<Notice tone="warn">Only the owner of a device sets its rules.</Notice>
		);
	return (
		<div className="space-y-6">
			<OwnerRulesForm
				// Rules that were changed elsewhere take the place of what is shown.
				key={JSON.stringify(data.rules)}
				rules={data.rules}
				named={data.projects}
				busy={save.isPending}
				onSave={(rules) => save.run(rules, data.rules)}
			/>
			<ErrorNotice error={save.error} />
		</div>
	);
}

function useSaveRules({ id: deviceId }: DeviceData) {
	const trpc = useTRPC();
	const toast = useToast();
	const back = useMutation(
		trpc.devices.setRules.mutationOptions({ onError: toast.failed }),
	);
	const save = useMutation(trpc.devices.setRules.mutationOptions());
	return {
		isPending: save.isPending,
		error: save.error,
		run: (rules: OwnerRules, before: OwnerRules) =>
			save.mutate(
				{ deviceId, rules },
				{
					onSuccess: () =>
						toast.done("Saved. The device keeps to it from now on.", () =>
							back.mutate({ deviceId, rules: before }),
						),
				},
			),
	};
}

function CopyRules({ device }: { device: DeviceData }) {
	const trpc = useTRPC();
	const toast = useToast();
	const { user } = useCurrentUser();
	const [asking, setAsking] = useState(false);
	const copy = useMutation(trpc.devices.copyRules.mutationOptions());
	if (!device.owner || user?.id !== device.owner.id) return null;
	return (
		<>
			<Button onClick={() => setAsking(true)}>Copy to all my devices</Button>
			<ConfirmDialog
				open={asking}
				onClose={() => setAsking(false)}
				danger={false}
				title="Copy these rules to all your devices?"
				description="The saved rules of this device take the place of those of all your others."
				confirmLabel="Copy them"
				onConfirm={async () => {
					const { changed } = await copy.mutateAsync({ deviceId: device.id });
					toast.done(`${showCounted(changed, "device")} changed.`);
				}}
			/>
		</>
	);
}
