import { FactsList } from "../../components/tables/facts-list";
import { showLarge, showMemory } from "../show-number";
import type { DeviceData } from "./use-device";

/** What the device measured of itself. */
export function DeviceFacts({ device }: { device: DeviceData }) {
	if (device.measuredAt === null)
		return (
			<p className="text-ink-soft text-sm">
				It measures itself when it first connects.
			</p>
		);
	const accelerators = device.accelerators.map(({ name }) => name).join(", ");
	return (
		<FactsList
			facts={[
				{ label: "Processor", value: device.processor || undefined },
				{ label: "Cores", value: device.cores },
				{ label: "Memory", value: showMemory(device.memoryMiB) },
				{ label: "Disk", value: showMemory(device.diskMiB) },
				{ label: "Architecture", value: device.architecture },
				{ label: "System", value: device.operatingSystem || undefined },
				{ label: "Engine", value: device.engine || undefined },
				{ label: "Accelerators", value: accelerators || undefined },
				{
					label: "Integer ops/s a core",
					value: showLarge(device.integerOpsPerSecond),
				},
				{
					label: "Float ops/s a core",
					value: showLarge(device.floatOpsPerSecond),
				},
				{ label: "Agent", value: device.agentVersion },
			]}
		/>
	);
}
