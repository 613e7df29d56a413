import { fieldsOf, type JsonSchema, limitsOf, typeName } from "./open-api";

/** Deeper than this nobody reads. */
const MAX_DEPTH = 5;

/** The fields of an object, and of the objects in it. */
export function SchemaTable({
	schema,
	depth = 0,
}: {
	schema: JsonSchema;
	depth?: number;
}) {
	const objects = fieldsOf(schema);
	if (objects.length === 0)
		return (
			<p className="font-mono text-ink-soft text-xs">{typeName(schema)}</p>
		);
	return objects.map((object, index) => (
		<ul
			// biome-ignore lint/suspicious/noArrayIndexKey: alternatives have no name and never move
			key={index}
			className={
				index > 0 ? "mt-3 border-line border-t border-dashed pt-3" : undefined
			}
		>
			{Object.entries(object.properties ?? {}).map(([name, field]) => (
				<Field
					key={name}
					name={name}
					schema={field}
					required={object.required?.includes(name) ?? false}
					depth={depth}
				/>
			))}
		</ul>
	));
}

/** One parameter or field: name, type, meaning. */
export function Field({
	name,
	schema,
	required,
	description,
	depth = 0,
}: {
	name: string;
	schema: JsonSchema;
	required: boolean;
	description?: string | undefined;
	depth?: number;
}) {
	const limits = limitsOf(schema);
	const inner = fieldsOf(schema);
	const meaning = description ?? schema.description;
	return (
		<li className="border-line border-b py-2 last:border-b-0">
			<div className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
				<code className="font-medium font-mono text-[13px]">{name}</code>
				<span className="break-all font-mono text-ink-faint text-xs">
					{typeName(schema)}
				</span>
				{!required && <span className="text-ink-faint text-xs">optional</span>}
			</div>
			{(meaning || limits) && (
				<p className="mt-0.5 text-ink-soft text-sm">
					{[meaning, limits].filter(Boolean).join(" · ")}
				</p>
			)}
			{inner.length > 0 && depth < MAX_DEPTH && (
				<div className="mt-1 border-line border-l-2 pl-4">
					<SchemaTable schema={schema} depth={depth + 1} />
				</div>
			)}
		</li>
	);
}
