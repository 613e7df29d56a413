import { buildPages } from "./build-pages.ts";
import { generateClient } from "./generate-client.ts";

/** `npm run setup`: everything that must be made before the portal can start. */
await generateClient();
await buildPages();
