import { buildPages } from "./pages/build-pages.ts";

/** `npm run setup`: everything that must be made before the portal can start. */
await buildPages();
