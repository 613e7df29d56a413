import type { Metadata } from "next";
import { ResearchAccess } from "./research-access";

export const metadata: Metadata = { title: "Research" };

export default function ResearchPage() {
	return <ResearchAccess />;
}
