import {
	Box,
	Cctv,
	CircuitBoard,
	DoorOpen,
	type LucideIcon,
	Monitor,
	MonitorSmartphone,
	Router,
} from "lucide-react";
import type { DeviceKind } from "@/agent/core/protocol";

/** What people call each kind of device. */
export const DEVICE_KINDS: Record<
	DeviceKind,
	{ label: string; description: string; Icon: LucideIcon }
> = {
	computer: {
		label: "Computer",
		description: "Desktop, laptop or server",
		Icon: Monitor,
	},
	board: {
		label: "Board",
		description: "Raspberry Pi, UP2 and the like",
		Icon: CircuitBoard,
	},
	gateway: {
		label: "Gateway",
		description: "Home gateway or router",
		Icon: Router,
	},
	camera: {
		label: "Camera",
		description: "Camera with a Linux of its own",
		Icon: Cctv,
	},
	accessControl: {
		label: "Access control",
		description: "Door terminal, card reader",
		Icon: DoorOpen,
	},
	kiosk: {
		label: "Kiosk",
		description: "Display, till, information desk",
		Icon: MonitorSmartphone,
	},
	other: { label: "Other device", description: "Anything else", Icon: Box },
};

export const deviceKinds = Object.keys(DEVICE_KINDS) as DeviceKind[];
