import {
	CircleUserRound,
	FlaskConical,
	History,
	KeyRound,
	ShieldCheck,
} from "lucide-react";
import type { ReactNode } from "react";
import { ACCESS_LEVEL } from "@/server/accounts/access-level";
import { RequireAccess } from "../components/access/require-access";
import { PageBody } from "../components/layout/page-body";
import { PageHeader } from "../components/layout/page-header";
import { SideNav } from "../components/layout/side-nav";

const items = [
	{ href: "/account", label: "Profile", icon: <CircleUserRound aria-hidden /> },
	{
		href: "/account/security",
		label: "Security",
		icon: <ShieldCheck aria-hidden />,
	},
	{
		href: "/account/sign-ins",
		label: "Sign-in history",
		icon: <History aria-hidden />,
	},
	{
		href: "/account/tokens",
		label: "API tokens",
		icon: <KeyRound aria-hidden />,
	},
	{
		href: "/account/research",
		label: "Research",
		icon: <FlaskConical aria-hidden />,
	},
];

export default function AccountLayout({ children }: { children: ReactNode }) {
	return (
		<RequireAccess level={ACCESS_LEVEL.owner}>
			<PageBody>
				<PageHeader title="Account" />
				<SideNav label="Account" items={items}>
					{children}
				</SideNav>
			</PageBody>
		</RequireAccess>
	);
}
