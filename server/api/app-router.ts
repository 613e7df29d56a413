import { devicesRouter } from "./devices-router.ts";
import { router } from "./trpc.ts";

/** The whole API: one router per noun. The same procedures are published as REST under /api/v1. */
export const appRouter = router({ devices: devicesRouter });

export type AppRouter = typeof appRouter;
