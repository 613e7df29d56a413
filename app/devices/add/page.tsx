import type { Metadata } from "next";
import { ACCESS_LEVEL } from "@/server/accounts/access-level";
import { RequireAccess } from "../../components/access/require-access";
import { AddDevice } from "./add-device";

export const metadata: Metadata = { title: "Add a device" };

export default function AddDevicePage() {
	return (
		<RequireAccess level={ACCESS_LEVEL.owner}>
			<AddDevice />
		</RequireAccess>
	);
}
