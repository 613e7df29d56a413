import type { Metadata } from "next";
import { ReviewList } from "./review-list";

export const metadata: Metadata = { title: "Project reviews" };

export default function ReviewsPage() {
	return <ReviewList />;
}
