import type { Metadata } from "next";
import { ACCESS_LEVEL } from "@/server/accounts/access-level";
import { RequireAccess } from "../../../components/access/require-access";
import { OwnerRulesPage } from "./owner-rules-page";

export const metadata: Metadata = { title: "Rules of a device" };

export default async function DeviceRulesPage({
	params,
}: {
	params: Promise<{ deviceId: string }>;
}) {
	const { deviceId } = await params;
	return (
		<RequireAccess level={ACCESS_LEVEL.owner}>
			<OwnerRulesPage deviceId={deviceId} />
		</RequireAccess>
	);
}
