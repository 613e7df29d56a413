import type { Metadata } from "next";
import { ACCESS_LEVEL } from "@/server/accounts/access-level";
import { RequireAccess } from "../../components/access/require-access";
import { DevicePage } from "./device-page";

export const metadata: Metadata = { title: "Device" };

export default async function OneDevicePage({
	params,
}: {
	params: Promise<{ deviceId: string }>;
}) {
	const { deviceId } = await params;
	return (
		<RequireAccess level={ACCESS_LEVEL.owner}>
			<DevicePage deviceId={deviceId} />
		</RequireAccess>
	);
}
