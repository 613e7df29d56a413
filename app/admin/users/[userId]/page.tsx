import type { Metadata } from "next";
import { UserDetails } from "./user-details";

export const metadata: Metadata = { title: "Person" };

export default async function UserPage({
	params,
}: {
	params: Promise<{ userId: string }>;
}) {
	const { userId } = await params;
	return <UserDetails userId={userId} />;
}
