import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createOpenApiDocument } from "../server/api/open-api-document.ts";

export const openApiFile = join(import.meta.dirname, "..", "openapi.json");

/** The REST API's description as it is committed and served, one line for each thing so that changes can be read. */
export const openApiText = (): string =>
	`${JSON.stringify(createOpenApiDocument(), null, "\t")}\n`;

/** `npm run openapi`: writes openapi.json from the procedures. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
	await writeFile(openApiFile, openApiText());
	process.stdout.write("Wrote openapi.json.\n");
}
