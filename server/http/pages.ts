import { createRequire } from "node:module";
import { join } from "node:path";
import type { Handler } from "./route.ts";

/** Next as a part of this server. */
export interface Pages {
	handle: Handler;
	stop(): Promise<void>;
}

// Next is CommonJS and its types do not describe what a custom server imports from an ES module.
const next = createRequire(import.meta.url)("next") as (options: {
	dev: boolean;
	dir: string;
}) => {
	prepare(): Promise<void>;
	getRequestHandler(): Handler;
	close(): Promise<void>;
};

/** Prepares Next: the pages that `next build` made, or pages compiled as they are asked for when `dev` is set. */
export async function startPages(dev: boolean): Promise<Pages> {
	const app = next({ dev, dir: join(import.meta.dirname, "..", "..") });
	await app.prepare();
	return { handle: app.getRequestHandler(), stop: () => app.close() };
}
