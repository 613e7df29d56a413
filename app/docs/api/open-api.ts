/** The parts of an OpenAPI 3.1 document that the reference shows. */
export interface JsonSchema {
	type?: string | string[];
	format?: string;
	description?: string;
	enum?: unknown[];
	const?: unknown;
	default?: unknown;
	minimum?: number;
	maximum?: number;
	minLength?: number;
	maxLength?: number;
	maxItems?: number;
	properties?: Record<string, JsonSchema>;
	required?: string[];
	items?: JsonSchema;
	additionalProperties?: boolean | JsonSchema;
	anyOf?: JsonSchema[];
	oneOf?: JsonSchema[];
	$ref?: string;
}
interface Content {
	content?: Record<string, { schema?: JsonSchema }>;
}
export interface Parameter {
	in: string;
	name: string;
	required?: boolean;
	description?: string;
	schema?: JsonSchema;
}
export interface Operation {
	operationId?: string;
	summary?: string;
	description?: string;
	tags?: string[];
	security?: unknown[];
	parameters?: Parameter[];
	requestBody?: Content;
	responses?: Record<string, Content & { description?: string }>;
}
export interface OpenApi {
	info: { title: string; version: string; description?: string };
	servers?: { url: string }[];
	paths: Record<string, Record<string, Operation>>;
	components?: { schemas?: Record<string, JsonSchema> };
}

/** One procedure at its address. */
export interface Endpoint {
	/** Unique on the page, for links to it. */
	id: string;
	method: string;
	path: string;
	operation: Operation;
}

/** The endpoints by their first tag, in the order in which the tags first appear. */
export function groupByTag(document: OpenApi): [string, Endpoint[]][] {
	const groups = new Map<string, Endpoint[]>();
	for (const [path, operations] of Object.entries(document.paths))
		for (const [method, operation] of Object.entries(operations)) {
			const tag = operation.tags?.[0] ?? "Other";
			const id = operation.operationId ?? `${method}-${path}`;
			const endpoint = { id, method: method.toUpperCase(), path, operation };
			groups.set(tag, [...(groups.get(tag) ?? []), endpoint]);
		}
	return [...groups];
}

/** The JSON schema of what a response or a request body carries. */
export const schemaOf = (
	content: Content | undefined,
): JsonSchema | undefined => content?.content?.["application/json"]?.schema;

/** A schema's type in few words: `string (uuid)`, `list of objects`, `"a" | "b"`. */
export function typeName(schema: JsonSchema | undefined): string {
	if (!schema) return "anything";
	if (schema.const !== undefined) return JSON.stringify(schema.const);
	if (schema.enum)
		return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
	const variants = schema.anyOf ?? schema.oneOf;
	if (variants)
		return [...new Set(variants.map((variant) => typeName(variant)))].join(
			" | ",
		);
	if (Array.isArray(schema.type)) return schema.type.join(" | ");
	if (schema.type === "array")
		return `list of ${plural(typeName(schema.items))}`;
	if (
		schema.type === "object" &&
		typeof schema.additionalProperties === "object"
	)
		return `object of ${typeName(schema.additionalProperties)}`;
	return `${schema.type ?? "anything"}${schema.format ? ` (${schema.format})` : ""}`;
}

/** `object` → `objects`; what is no plain word stays. */
const plural = (name: string) => (/^[a-z]+$/.test(name) ? `${name}s` : name);

/** What a value must keep to, in few words; whole numbers' natural limits are not worth telling. */
export function limitsOf(schema: JsonSchema): string {
	const { minimum, maximum, minLength, maxLength, maxItems } = schema;
	const told = (value: number | undefined): value is number =>
		value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER;
	return [
		told(minimum) && `at least ${minimum}`,
		told(maximum) && `at most ${maximum}`,
		minLength && minLength > 1 && `at least ${minLength} characters`,
		maxLength && `at most ${maxLength} characters`,
		maxItems && `at most ${maxItems} items`,
		schema.default !== undefined && `default ${JSON.stringify(schema.default)}`,
	]
		.filter(Boolean)
		.join(", ");
}

/** The fields behind a schema, whatever lists and alternatives are around them. */
export function fieldsOf(schema: JsonSchema | undefined): JsonSchema[] {
	if (!schema) return [];
	if (schema.properties) return [schema];
	if (schema.items) return fieldsOf(schema.items);
	if (typeof schema.additionalProperties === "object")
		return fieldsOf(schema.additionalProperties);
	return (schema.anyOf ?? schema.oneOf ?? []).flatMap(fieldsOf);
}

/** A value of the schema, for an example. */
export function exampleOf(schema: JsonSchema | undefined, depth = 0): unknown {
	if (!schema || depth > 6) return null;
	if (schema.const !== undefined) return schema.const;
	if (schema.default !== undefined) return schema.default;
	if (schema.enum) return schema.enum[0];
	const variants = schema.anyOf ?? schema.oneOf;
	if (variants) return exampleOf(variants[0], depth);
	const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
	if (type === "object")
		return Object.fromEntries(
			Object.entries(schema.properties ?? {}).map(([name, field]) => [
				name,
				exampleOf(field, depth + 1),
			]),
		);
	if (type === "array") return [exampleOf(schema.items, depth + 1)];
	if (type === "boolean") return true;
	if (type === "integer" || type === "number")
		return schema.minimum && told(schema.minimum) ? schema.minimum : 1;
	if (schema.format === "uuid") return "018f3b1e-7c3a-7d2e-9f10-0123456789ab";
	if (schema.format === "date-time") return "2026-01-31T12:00:00.000Z";
	if (schema.format === "email") return "ada@example.org";
	return type === "string" ? "…" : null;
}

const told = (value: number) => Math.abs(value) < Number.MAX_SAFE_INTEGER;

/** A call with curl, ready to be pasted; `origin` is the portal's address. */
export function curlExample(
	{ method, path, operation }: Endpoint,
	base: string,
): string {
	const address = path.replaceAll(
		/\{(\w+)\}/g,
		(_, name) => `$${name.replaceAll(/[A-Z]/g, "_$&").toUpperCase()}`,
	);
	const lines = [
		`curl ${method === "GET" ? "" : `-X ${method} `}"${base}${address}"`,
	];
	if (operation.security?.length)
		lines.push(`-H "Authorization: Bearer $LULL_TOKEN"`);
	const body = schemaOf(operation.requestBody);
	if (body) {
		lines.push(`-H "Content-Type: application/json"`);
		lines.push(`-d '${JSON.stringify(exampleOf(body))}'`);
	}
	return lines.join(" \\\n  ");
}
