import type { Metadata } from "next";
import { UserTable } from "./user-table";

export const metadata: Metadata = { title: "People" };

export default function UsersPage() {
	return <UserTable />;
}
