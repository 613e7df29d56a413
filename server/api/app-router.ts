import { router } from "./trpc.ts";

/** The whole API: one router per noun. The same procedures are published as REST under /api/v1. */
export const appRouter = router({});

export type AppRouter = typeof appRouter;
