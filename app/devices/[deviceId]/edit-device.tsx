"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "../../components/actions/button";
import { Dialog } from "../../components/actions/dialog";
import { SelectField } from "../../components/forms/select-field";
import { TextField } from "../../components/forms/text-field";
import { useTRPC } from "../../components/live/trpc-provider";
import { ErrorNotice } from "../../components/notices/error-notice";
import { DEVICE_KINDS, deviceKinds } from "../device-kinds";
import type { DeviceData } from "./use-device";

const kindOptions = deviceKinds.map((kind) => ({
	value: kind,
	label: DEVICE_KINDS[kind].label,
}));

/** Another name or kind for a device. */
export function EditDevice({
	device,
	open,
	onClose,
}: {
	device: DeviceData;
	open: boolean;
	onClose: () => void;
}) {
	return (
		<Dialog open={open} onClose={onClose} title="Rename or change kind">
			<EditForm device={device} onClose={onClose} />
		</Dialog>
	);
}

function EditForm({
	device,
	onClose,
}: {
	device: DeviceData;
	onClose: () => void;
}) {
	const trpc = useTRPC();
	const [name, setName] = useState(device.name);
	const [kind, setKind] = useState(device.kind);
	const update = useMutation(
		trpc.devices.update.mutationOptions({ onSuccess: onClose }),
	);
	const submit = (event: FormEvent) => {
		event.preventDefault();
		update.mutate({ deviceId: device.id, name, kind });
	};
	return (
		<form onSubmit={submit} className="space-y-4">
			<TextField
				label="Name"
				value={name}
				onValue={setName}
				maxLength={80}
				required
			/>
			<SelectField
				label="Kind"
				options={kindOptions}
				value={kind}
				onValue={setKind}
			/>
			<ErrorNotice error={update.error} />
			<div className="flex justify-end gap-2">
				<Button onClick={onClose}>Cancel</Button>
				<Button type="submit" variant="primary" busy={update.isPending}>
					Save
				</Button>
			</div>
		</form>
	);
}
