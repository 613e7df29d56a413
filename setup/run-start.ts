import { buildBundles } from "./build-bundles.ts";
import { buildPages } from "./pages/build-pages.ts";

/** `npm start`: the portal alone, for production; what must be built for it is built first. */
// Set before anything of React or Next is loaded: both read it while they load.
Object.assign(process.env, { NODE_ENV: "production" });
await Promise.all([buildPages(), buildBundles()]);
await import("../server/main.ts");
