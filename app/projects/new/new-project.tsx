"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { PageBody } from "../../components/layout/page-body";
import { PageHeader } from "../../components/layout/page-header";
import { useTRPC } from "../../components/live/trpc-provider";
import { ProjectForm } from "../project-form";

const blank = {
	name: "",
	slug: "",
	scienceArea: "",
	description: "",
	impact: "",
	picture: null,
};

/** The first of three steps: say what it is, add the program, hand it in. */
export function NewProject() {
	const trpc = useTRPC();
	const router = useRouter();
	const queryClient = useQueryClient();
	const create = useMutation(
		trpc.projects.create.mutationOptions({
			onSuccess: async ({ slug }) => {
				await queryClient.invalidateQueries(trpc.projects.pathFilter());
				router.push(`/projects/${slug}`);
			},
		}),
	);
	return (
		<PageBody>
			<PageHeader
				trail={[{ href: "/projects", label: "Projects" }]}
				title="New project"
				description="It begins as a draft that only you see. Next you add the program; then an admin looks at both."
			/>
			<ProjectForm
				isNew
				initial={blank}
				submitLabel="Create the draft"
				onSubmit={({ slug, ...value }) =>
					create.mutateAsync({ ...value, ...(slug && { slug }) })
				}
			/>
		</PageBody>
	);
}
