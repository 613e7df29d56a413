"use client";

import { useQuery } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import { Button } from "../components/actions/button";
import { SelectField } from "../components/forms/select-field";
import { TextField } from "../components/forms/text-field";
import { Card } from "../components/layout/card";
import { useTRPC } from "../components/live/trpc-provider";
import { ErrorNotice } from "../components/notices/error-notice";
import { MarkdownField } from "./markdown-field";
import { type PictureFields, PictureForm, pictureOf } from "./picture-form";
import type { ProjectDetails } from "./project-types";

const OTHER = "other";

export interface ProjectFormValue {
	name: string;
	slug: string;
	scienceArea: string;
	description: string;
	impact: string;
	picture: ProjectDetails["picture"];
}

const impactHint =
	"Honestly: cores, memory, disk, size of the download, how long one work unit takes. Owners and reviewers decide by it.";

/** What a project says of itself. With `reviewed` what reviewers have decided on is shown but cannot be changed. */
export function ProjectForm({
	initial,
	isNew = false,
	reviewed = false,
	submitLabel,
	onSubmit,
	more,
}: {
	initial: ProjectFormValue;
	isNew?: boolean;
	reviewed?: boolean;
	submitLabel: string;
	onSubmit: (value: ProjectFormValue) => Promise<unknown>;
	more?: ReactNode;
}) {
	const trpc = useTRPC();
	const areas = useQuery(trpc.projects.scienceAreas.queryOptions({}));
	const offered = areas.data?.offered ?? [initial.scienceArea].filter(Boolean);
	const [value, setValue] = useState(initial);
	const [picture, setPicture] = useState<PictureFields>(() => ({
		wanted: initial.picture !== null,
		columns: String(initial.picture?.columns ?? 16),
		rows: String(initial.picture?.rows ?? 8),
		tileColumnParameter: initial.picture?.tileColumnParameter ?? "x",
		tileRowParameter: initial.picture?.tileRowParameter ?? "y",
		file: initial.picture?.file ?? "tile.png",
	}));
	const [otherArea, setOtherArea] = useState(false);
	const [slugTouched, setSlugTouched] = useState(!isNew);
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<unknown>(null);
	const set = (changes: Partial<ProjectFormValue>) =>
		setValue((before) => ({ ...before, ...changes }));
	const suggested = useSuggestedSlug(slugTouched ? "" : value.name);
	const slug = slugTouched ? value.slug : suggested;
	const showOther =
		otherArea ||
		(areas.data !== undefined &&
			value.scienceArea !== "" &&
			!offered.includes(value.scienceArea));

	const submit = async (event: FormEvent) => {
		event.preventDefault();
		setBusy(true);
		setError(null);
		try {
			await onSubmit({ ...value, slug, picture: pictureOf(picture) });
		} catch (caught) {
			setError(caught);
		} finally {
			setBusy(false);
		}
	};
	return (
		<form onSubmit={submit} className="space-y-6">
			<Card title="What it is">
				<fieldset disabled={reviewed} className="grid gap-5 sm:grid-cols-2">
					<TextField
						label="Name"
						required
						maxLength={120}
						value={value.name}
						onValue={(name) => set({ name })}
					/>
					<TextField
						label="Address"
						hint={`/projects/${slug || "…"}`}
						required
						mono
						minLength={3}
						maxLength={48}
						pattern="[a-z0-9]+(-[a-z0-9]+)*"
						title="Lower-case letters, digits and single hyphens"
						value={slug}
						onValue={(text) => {
							setSlugTouched(true);
							set({ slug: text });
						}}
					/>
					<SelectField
						label="Area of science"
						required
						value={showOther ? OTHER : value.scienceArea}
						onValue={(area) => {
							setOtherArea(area === OTHER);
							set({ scienceArea: area === OTHER ? "" : area });
						}}
						options={[
							{ value: "", label: "Choose one", disabled: true },
							...offered.map((area) => ({ value: area, label: area })),
							{ value: OTHER, label: "Another area…" },
						]}
					/>
					{showOther && (
						<TextField
							label="Which area"
							required
							maxLength={60}
							value={value.scienceArea}
							onValue={(scienceArea) => set({ scienceArea })}
						/>
					)}
				</fieldset>
				{reviewed && (
					<p className="mt-4 text-ink-faint text-sm">
						Reviewers decided on name, address, area and impact, so these stay
						as they are.
					</p>
				)}
			</Card>
			<Card title="For its readers">
				<div className="space-y-6">
					<MarkdownField
						label="Description"
						hint="Markdown. What you want to find out, and what becomes of the results."
						value={value.description}
						onValue={(description) => set({ description })}
						maxLength={50_000}
						rows={12}
					/>
					<fieldset disabled={reviewed}>
						<MarkdownField
							label="What it does to devices"
							hint={impactHint}
							value={value.impact}
							onValue={(impact) => set({ impact })}
							maxLength={10_000}
							rows={5}
						/>
					</fieldset>
				</div>
			</Card>
			<PictureForm value={picture} onValue={setPicture} />
			{more}
			<ErrorNotice error={error} title="It was not saved" />
			<div className="flex justify-end gap-2">
				<Button type="submit" variant="primary" busy={busy}>
					{submitLabel}
				</Button>
			</div>
		</form>
	);
}

/** A free address for the name, once the typing rests. */
function useSuggestedSlug(name: string): string {
	const trpc = useTRPC();
	const [settled, setSettled] = useState("");
	useEffect(() => {
		const timer = setTimeout(() => setSettled(name.trim()), 250);
		return () => clearTimeout(timer);
	}, [name]);
	const suggestion = useQuery(
		trpc.projects.suggestSlug.queryOptions(
			{ name: settled },
			{ enabled: settled !== "", placeholderData: (before) => before },
		),
	);
	return name.trim() === "" ? "" : (suggestion.data?.slug ?? "");
}
