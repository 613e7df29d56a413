"use client";

import { CheckField } from "../components/forms/check-field";
import { TextField } from "../components/forms/text-field";
import { Card } from "../components/layout/card";
import type { ProjectDetails } from "./project-types";

export interface PictureFields {
	wanted: boolean;
	columns: string;
	rows: string;
	tileColumnParameter: string;
	tileRowParameter: string;
	file: string;
}

/** The layout that the fields say; null when no picture is wanted. */
export function pictureOf(fields: PictureFields): ProjectDetails["picture"] {
	if (!fields.wanted) return null;
	const { wanted, columns, rows, ...names } = fields;
	return { ...names, columns: Number(columns), rows: Number(rows) };
}

/** Outputs as tiles of one public picture that grows as results come in. */
export function PictureForm({
	value,
	onValue,
}: {
	value: PictureFields;
	onValue: (value: PictureFields) => void;
}) {
	const field = (key: keyof Omit<PictureFields, "wanted">) => ({
		value: value[key],
		onValue: (text: string) => onValue({ ...value, [key]: text }),
		required: true,
	});
	return (
		<Card title="A picture of the results">
			<CheckField
				label="The results are tiles of one picture"
				hint="Each work unit writes one image. The public page shows the picture growing, so everyone can see these results."
				checked={value.wanted}
				onValue={(wanted) => onValue({ ...value, wanted })}
			/>
			{value.wanted && (
				<div className="mt-5 grid gap-5 sm:grid-cols-2">
					<TextField
						label="Columns"
						type="number"
						min={1}
						max={1000}
						{...field("columns")}
					/>
					<TextField
						label="Rows"
						type="number"
						min={1}
						max={1000}
						{...field("rows")}
					/>
					<TextField
						label="Parameter that counts columns"
						hint="From 0, from the left"
						mono
						{...field("tileColumnParameter")}
					/>
					<TextField
						label="Parameter that counts rows"
						hint="From 0, from the top"
						mono
						{...field("tileRowParameter")}
					/>
					<TextField
						label="Output file"
						hint="A PNG, JPEG or WebP that each work unit writes to /output"
						mono
						{...field("file")}
					/>
				</div>
			)}
		</Card>
	);
}
