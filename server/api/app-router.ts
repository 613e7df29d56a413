import { accountRouter } from "./account-router.ts";
import { appVersionsRouter } from "./app-versions-router.ts";
import { batchesRouter } from "./batches-router.ts";
import { creditRouter } from "./credit-router.ts";
import { devicesRouter } from "./devices-router.ts";
import { moderationRouter } from "./moderation-router.ts";
import { overviewRouter } from "./overview-router.ts";
import { predictorRouter } from "./predictor-router.ts";
import { projectsRouter } from "./projects-router.ts";
import { researcherRequestsRouter } from "./researcher-requests-router.ts";
import { tasksRouter } from "./tasks-router.ts";
import { router } from "./trpc.ts";
import { uploadsRouter } from "./uploads-router.ts";
import { usersRouter } from "./users-router.ts";
import { workUnitsRouter } from "./work-units-router.ts";

/** The whole API: one router per noun. The same procedures are published as REST under /api/v1. */
export const appRouter = router({
	account: accountRouter,
	users: usersRouter,
	researcherRequests: researcherRequestsRouter,
	devices: devicesRouter,
	projects: projectsRouter,
	appVersions: appVersionsRouter,
	moderation: moderationRouter,
	credit: creditRouter,
	overview: overviewRouter,
	predictor: predictorRouter,
	batches: batchesRouter,
	tasks: tasksRouter,
	uploads: uploadsRouter,
	workUnits: workUnitsRouter,
});

export type AppRouter = typeof appRouter;
