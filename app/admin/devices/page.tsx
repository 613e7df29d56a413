import type { Metadata } from "next";
import { AllDevices } from "./all-devices";

export const metadata: Metadata = { title: "All devices" };

export default function AllDevicesPage() {
	return <AllDevices />;
}
