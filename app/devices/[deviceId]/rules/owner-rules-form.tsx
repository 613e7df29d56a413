"use client";

import { type FormEvent, useState } from "react";
import type { OwnerRules } from "@/agent/core/protocol";
import { Button } from "../../../components/actions/button";
import { CheckField } from "../../../components/forms/check-field";
import { TextAreaField } from "../../../components/forms/text-area-field";
import { TextField } from "../../../components/forms/text-field";
import { Card } from "../../../components/layout/card";
import { Notice } from "../../../components/notices/notice";
import { HoursEditor } from "./hours-editor";
import {
	DEFAULT_RULES,
	type OwnerRulesDraft,
	type OwnerRulesErrors,
	toDraft,
	toOwnerRules,
} from "./owner-rules-draft";
import { ProjectPickers } from "./project-pickers";

type PartProps = {
	draft: OwnerRulesDraft;
	errors: OwnerRulesErrors;
	onChange: (facts: Partial<OwnerRulesDraft>) => void;
};

/** All of an owner's rules, to be changed and saved at once. */
export function OwnerRulesForm({
	rules,
	named,
	busy,
	onSave,
}: {
	rules: OwnerRules;
	/** The projects that the rules name. */
	named: readonly { id: string; name: string }[];
	busy: boolean;
	onSave: (rules: OwnerRules) => void;
}) {
	const [draft, setDraft] = useState(() => toDraft(rules));
	const [errors, setErrors] = useState<OwnerRulesErrors>({});
	const onChange = (facts: Partial<OwnerRulesDraft>) =>
		setDraft((before) => ({ ...before, ...facts }));
	const submit = (event: FormEvent) => {
		event.preventDefault();
		const result = toOwnerRules(draft);
		setErrors("errors" in result ? result.errors : {});
		if ("rules" in result) onSave(result.rules);
	};
	const parts = { draft, errors, onChange };
	return (
		<form onSubmit={submit} className="space-y-6" noValidate>
			<LimitFields {...parts} />
			<Card
				title="Hours of the week"
				description="By the device's own clock. Outside of them running tasks are given back and none is taken."
			>
				<HoursEditor
					hours={draft.hours}
					error={errors.hours}
					onChange={(hours) => onChange({ hours })}
				/>
			</Card>
			<PowerFields {...parts} />
			<NameFields {...parts} />
			<Card
				title="Projects and areas"
				description="What the device computes for. Every project was reviewed by an admin."
			>
				<ProjectPickers draft={draft} named={named} onChange={onChange} />
			</Card>
			{Object.keys(errors).length > 0 && (
				<Notice tone="bad">
					Some rules cannot be used as they are. They are marked above.
				</Notice>
			)}
			<div className="flex flex-wrap gap-2">
				<Button type="submit" variant="primary" busy={busy}>
					Save the rules
				</Button>
				<Button onClick={() => setDraft(toDraft(DEFAULT_RULES))}>
					Fill in the defaults
				</Button>
			</div>
		</form>
	);
}

function LimitFields({ draft, errors, onChange }: PartProps) {
	return (
		<Card
			title="Limits"
			description="How much of the device stays yours at all times."
		>
			<div className="grid gap-5 sm:grid-cols-2">
				<TextField
					label="Step aside above, percent of the processor"
					hint="When your own programs use more than this, our tasks stand still. Default: 30."
					inputMode="decimal"
					value={draft.cpuLimit}
					error={errors.cpuLimit}
					onValue={(cpuLimit) => onChange({ cpuLimit })}
				/>
				<TextField
					label="Memory that stays free, percent"
					hint="If it runs short, tasks are given back at once. Default: 10."
					inputMode="decimal"
					value={draft.memoryHeadroom}
					error={errors.memoryHeadroom}
					onValue={(memoryHeadroom) => onChange({ memoryHeadroom })}
				/>
				<TextField
					label="Step aside above, °C"
					optional
					hint="Of the hottest sensor. Empty: no limit. Default: 85."
					inputMode="decimal"
					value={draft.temperatureLimit}
					error={errors.temperatureLimit}
					onValue={(temperatureLimit) => onChange({ temperatureLimit })}
				/>
				<TextField
					label="Longest task, minutes"
					optional
					hint="As expected on this device. Empty: any length."
					inputMode="numeric"
					value={draft.longestTaskMinutes}
					error={errors.longestTaskMinutes}
					onValue={(longestTaskMinutes) => onChange({ longestTaskMinutes })}
				/>
			</div>
		</Card>
	);
}

function PowerFields({ draft, errors, onChange }: PartProps) {
	return (
		<Card
			title="Power, network and people"
			description="What each is known by differs from machine to machine; where a device cannot tell, the rule is as if it were not there."
		>
			<div className="space-y-5">
				<div className="grid gap-4 sm:grid-cols-3">
					<CheckField
						label="Work on battery"
						hint="Default: no."
						checked={draft.onBattery}
						onValue={(onBattery) => onChange({ onBattery })}
					/>
					<CheckField
						label="Work on a metered network"
						hint="Default: no."
						checked={draft.onMetered}
						onValue={(onMetered) => onChange({ onMetered })}
					/>
					<CheckField
						label="Work while somebody uses it"
						hint="Keyboard or mouse. Default: yes, within the limits."
						checked={draft.whileInUse}
						onValue={(whileInUse) => onChange({ whileInUse })}
					/>
				</div>
				<div className="grid gap-5 sm:grid-cols-2">
					<TextField
						label="Download at most, KiB a second"
						optional
						hint="Images and inputs. Empty: no cap."
						inputMode="numeric"
						value={draft.downloadKiBps}
						error={errors.downloadKiBps}
						onValue={(downloadKiBps) => onChange({ downloadKiBps })}
					/>
					<TextField
						label="Upload at most, KiB a second"
						optional
						hint="Results. Empty: no cap."
						inputMode="numeric"
						value={draft.uploadKiBps}
						error={errors.uploadKiBps}
						onValue={(uploadKiBps) => onChange({ uploadKiBps })}
					/>
				</div>
			</div>
		</Card>
	);
}

function NameFields({ draft, errors, onChange }: PartProps) {
	return (
		<Card
			title="Programs and containers"
			description="While one of these runs, we stay away, however little it uses."
		>
			<div className="grid gap-5 sm:grid-cols-2">
				<TextAreaField
					label="Programs"
					optional
					mono
					rows={3}
					placeholder={"ffmpeg\nblender"}
					hint="The name of the process, one a line."
					value={draft.programs}
					error={errors.programs}
					onValue={(programs) => onChange({ programs })}
				/>
				<TextAreaField
					label="Containers"
					optional
					mono
					rows={3}
					placeholder="frigate"
					hint="Names of your own containers, one a line."
					value={draft.containers}
					error={errors.containers}
					onValue={(containers) => onChange({ containers })}
				/>
			</div>
		</Card>
	);
}
