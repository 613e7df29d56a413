import type { Metadata } from "next";
import { RequestList } from "./request-list";

export const metadata: Metadata = { title: "Researcher requests" };

export default function ResearcherRequestsPage() {
	return <RequestList />;
}
