import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import type {
	MigrationList,
	SchemaEngine,
	SchemaFilter,
} from "@prisma/schema-engine-wasm";
import * as bindings from "@prisma/schema-engine-wasm/schema_engine_bg";
import { CatalogueAdapter } from "./catalogue-adapter.ts";

export type { MigrationList, SchemaEngine };

/** Nothing in the database is managed by anyone but the migrations. */
export const everything: SchemaFilter = {
	externalTables: [],
	externalEnums: [],
};

let loaded: Promise<typeof SchemaEngine> | undefined;

/**
 * Prisma's own schema engine, compiled to WebAssembly: what `prisma migrate`
 * runs, without the binary that it would download. It and its connections are
 * gone when this resolves.
 */
export async function withSchemaEngine<T>(
	url: string,
	schema: { path: string; content: string } | undefined,
	use: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
	loaded ??= load();
	const Engine = await loaded;
	const adapter = new CatalogueAdapter(url);
	try {
		const engine = await Engine.new(
			{ datamodels: schema && [[schema.path, schema.content]] },
			() => undefined,
			bindMigrationAwareSqlAdapterFactory(adapter),
		);
		const result = await use(engine);
		engine.free();
		return result;
	} finally {
		await adapter.close();
	}
}

/** Node has no import of .wasm files at our floor, so the module is put together by hand. */
async function load(): Promise<typeof SchemaEngine> {
	const file = createRequire(import.meta.url)
		.resolve("@prisma/schema-engine-wasm")
		.replace(/schema_engine\.js$/, "schema_engine_bg.wasm");
	const { instance } = await WebAssembly.instantiate(await readFile(file), {
		"./schema_engine_bg.js": bindings as unknown as WebAssembly.ModuleImports,
	});
	// Where the engine says why it gave up, before it does.
	Object.assign(globalThis, {
		PRISMA_WASM_PANIC_REGISTRY: { set_message: console.error },
	});
	bindings.__wbg_set_wasm(instance.exports);
	const start = instance.exports.__wbindgen_start;
	if (typeof start === "function") start();
	// The file holds the class; its declarations tell of it under the main name only.
	return (bindings as unknown as { SchemaEngine: typeof SchemaEngine })
		.SchemaEngine;
}
