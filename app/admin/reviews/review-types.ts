import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "@/server/api/app-router";

export type Review =
	inferRouterOutputs<AppRouter>["moderation"]["reviews"]["items"][number];
export type VersionToReview = Review["appVersions"][number];
