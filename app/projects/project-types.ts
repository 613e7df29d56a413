import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "@/server/api/app-router";

type Outputs = inferRouterOutputs<AppRouter>;

/** What the API answers with, as it arrives here: dates are texts. */
export type ProjectSummary = Outputs["projects"]["list"]["items"][number];
export type ProjectDetails = Outputs["projects"]["get"];
export type AppVersion = Outputs["appVersions"]["list"]["items"][number];
export type AppVersionDetails = Outputs["appVersions"]["get"];
export type AppVersionInside = NonNullable<AppVersionDetails["inside"]>;
export type Comparison = AppVersion["comparison"];
