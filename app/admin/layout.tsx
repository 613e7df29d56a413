import {
	ClipboardCheck,
	FlaskConical,
	LayoutDashboard,
	Router,
	ScrollText,
	UsersRound,
} from "lucide-react";
import type { ReactNode } from "react";
import { ACCESS_LEVEL } from "@/server/accounts/access-level";
import { RequireAccess } from "../components/access/require-access";
import { PageBody } from "../components/layout/page-body";
import { PageHeader } from "../components/layout/page-header";
import { SideNav } from "../components/layout/side-nav";

const items = [
	{
		href: "/admin",
		label: "Overview",
		icon: <LayoutDashboard aria-hidden />,
	},
	{
		href: "/admin/reviews",
		label: "Project reviews",
		icon: <ClipboardCheck aria-hidden />,
	},
	{
		href: "/admin/researcher-requests",
		label: "Researcher requests",
		icon: <FlaskConical aria-hidden />,
	},
	{ href: "/admin/users", label: "People", icon: <UsersRound aria-hidden /> },
	{ href: "/admin/devices", label: "Devices", icon: <Router aria-hidden /> },
	{
		href: "/admin/log",
		label: "Audit log",
		icon: <ScrollText aria-hidden />,
	},
];

export default function AdminLayout({ children }: { children: ReactNode }) {
	return (
		<RequireAccess level={ACCESS_LEVEL.admin}>
			<PageBody>
				<PageHeader title="Admin" />
				<SideNav label="Admin" items={items}>
					{children}
				</SideNav>
			</PageBody>
		</RequireAccess>
	);
}
