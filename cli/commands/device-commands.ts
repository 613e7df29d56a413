import type { Command } from "commander";
import { createPortalApi, type DeviceAnswer } from "../api/portal-api.ts";
import { action, type Cli, type Surroundings } from "../cli.ts";
import { formatTable } from "../terminal/format-table.ts";

export function addDeviceCommands(
	program: Command,
	around: Surroundings,
): void {
	const device = program.command("device").description("your own devices");
	device
		.command("list")
		.description("list your devices and what they do")
		.action(action(around, listDevices));
}

/** The state of a device with the wishes that stand beside it. */
export function deviceStanding(device: DeviceAnswer): string {
	const wishes = [
		device.paused && "paused",
		device.draining && "draining",
		device.blockedReason !== null && "blocked",
	].filter((wish) => wish !== false);
	return [device.state, ...wishes].join(", ");
}

async function listDevices(cli: Cli): Promise<void> {
	const devices = await createPortalApi(cli.client()).devices.list();
	const table = formatTable(
		["NAME", "KIND", "STATE", "PLATFORM", "CORES", "TASKS", "CREDIT"],
		devices.map((device) => [
			device.name,
			device.kind,
			deviceStanding(device),
			device.architecture ?? "?",
			device.cores,
			device.activeTasks,
			Math.round(device.totalCredit),
		]),
	);
	cli.terminal.result(
		devices,
		devices.length
			? table
			: "You have no devices yet. Press “Add a device” in the portal.",
	);
}
