import { ProjectPage } from "./project-page";

export default async function ProjectBySlugPage({
	params,
}: {
	params: Promise<{ slug: string }>;
}) {
	return <ProjectPage slug={(await params).slug} />;
}
