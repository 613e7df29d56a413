import type { Metadata } from "next";
import { ACCESS_LEVEL } from "@/server/accounts/access-level";
import { RequireAccess } from "../components/access/require-access";
import { DeviceList } from "./device-list";

export const metadata: Metadata = { title: "Devices" };

export default function DevicesPage() {
	return (
		<RequireAccess level={ACCESS_LEVEL.owner}>
			<DeviceList />
		</RequireAccess>
	);
}
