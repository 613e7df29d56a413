"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { DeviceKind } from "@/agent/core/protocol";
import { Button } from "../../components/actions/button";
import { ChoiceCards } from "../../components/forms/choice-cards";
import { TextField } from "../../components/forms/text-field";
import { Card } from "../../components/layout/card";
import { PageBody } from "../../components/layout/page-body";
import { PageHeader } from "../../components/layout/page-header";
import { useTRPC } from "../../components/live/trpc-provider";
import { ErrorNotice } from "../../components/notices/error-notice";
import { fieldError } from "../../components/notices/error-sentence";
import { DEVICE_KINDS, deviceKinds } from "../device-kinds";
import { type EnrolmentOffer, EnrolmentSteps } from "./enrolment-steps";

const kindOptions = deviceKinds.map((kind) => {
	const { label, description, Icon } = DEVICE_KINDS[kind];
	return { value: kind, label, description, icon: <Icon /> };
});

/** First what it is, then the one command, then the moment it is online. */
export function AddDevice() {
	const trpc = useTRPC();
	const [name, setName] = useState("");
	const [kind, setKind] = useState<DeviceKind>("computer");
	const [offer, setOffer] = useState<EnrolmentOffer | null>(null);
	const create = useMutation(
		trpc.devices.createEnrolmentCode.mutationOptions({ onSuccess: setOffer }),
	);
	const askForCode = () =>
		create.mutate({ kind, ...(name.trim() && { name: name.trim() }) });
	const submit = (event: FormEvent) => {
		event.preventDefault();
		askForCode();
	};
	return (
		<PageBody width="text">
			<PageHeader
				title="Add a device"
				trail={[{ href: "/devices", label: "Devices" }]}
				description="Any Linux machine with Docker, on x86-64 or 64-bit ARM. It needs no open port: it only ever calls out."
			/>
			{offer ? (
				<EnrolmentSteps
					key={offer.code}
					offer={offer}
					busy={create.isPending}
					error={create.error}
					onNewCode={askForCode}
					onAnother={() => {
						setOffer(null);
						setName("");
					}}
				/>
			) : (
				<Card>
					<form onSubmit={submit} className="space-y-6">
						<ChoiceCards
							label="What is it?"
							columns={3}
							options={kindOptions}
							value={kind}
							onValue={setKind}
						/>
						<TextField
							label="Name"
							optional
							hint="As you will see it in the list. Without one it is called by its host name."
							placeholder={`${kind}-1`}
							maxLength={80}
							value={name}
							onValue={setName}
							error={fieldError(create.error, "name")}
							autoComplete="off"
						/>
						<ErrorNotice error={create.error} />
						<Button type="submit" variant="primary" busy={create.isPending}>
							Show the command
						</Button>
					</form>
				</Card>
			)}
		</PageBody>
	);
}
