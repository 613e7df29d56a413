import type { AppVersionBuilds } from "../app-versions/app-version-builds.ts";
import { AppError } from "../errors.ts";
import type { Announcements } from "../events/announcements.ts";
import type { Services } from "../services.ts";

/** Announced by processes that make images, while their engine answers. */
export const BUILD_ENGINE = "buildEngine";

/** The images of app versions, for a process that leaves their making to others. */
export const createBuildsElsewhere = (
	{ wakes }: Pick<Services, "wakes">,
	announcements: Pick<Announcements, "has">,
): AppVersionBuilds => ({
	async demandEngine() {
		if (!announcements.has(BUILD_ENGINE))
			throw new AppError(
				"unavailable",
				"The server has no container engine to make images with. Ask whoever runs it to start Docker.",
			);
	},
	wake: () => wakes.wake("builds"),
});
