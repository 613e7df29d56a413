"use client";

import { useState } from "react";
import { useCurrentUser } from "../components/access/use-current-user";
import { PageBody } from "../components/layout/page-body";
import { PageHeader } from "../components/layout/page-header";
import { Tabs } from "../components/layout/tabs";
import { DeviceRanks } from "./device-ranks";
import { MyCredit } from "./my-credit";
import { ProjectRanks } from "./project-ranks";
import { UserRanks } from "./user-ranks";

const boards = [
	{ key: "users", label: "People" },
	{ key: "devices", label: "Devices" },
	{ key: "projects", label: "Projects" },
] as const;
type Board = (typeof boards)[number]["key"];

/** Who gave what, for everybody to read. */
export function Leaderboards() {
	const { user } = useCurrentUser();
	const [board, setBoard] = useState<Board>("users");
	return (
		<PageBody>
			<PageHeader
				title="Leaderboards"
				description="Credit is granted for results that agreed with others'. A computer that does a billion floating-point operations a second earns 200 a day. “A day lately” is the average with a half-life of one week."
			/>
			{user && <MyCredit />}
			<Tabs
				label="Leaderboards"
				tabs={boards}
				current={board}
				onChange={setBoard}
			>
				{board === "users" && <UserRanks myId={user?.id} />}
				{board === "devices" && <DeviceRanks />}
				{board === "projects" && <ProjectRanks />}
			</Tabs>
		</PageBody>
	);
}
