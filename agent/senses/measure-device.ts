import { readdir, readFile, statfs } from "node:fs/promises";
import os from "node:os";
import { z } from "zod";
import { runBenchmark } from "../core/benchmark.ts";
import { platformOf } from "../core/platform-of.ts";
import { type Measurements, measurementsSchema } from "../core/protocol.ts";
import type { EngineInfo } from "../engine/container-engine.ts";
import { readJsonFile, writeJsonFile } from "../state/json-file.ts";
import type { StateFolder } from "../state/state-folder.ts";

const WEEK_MS = 7 * 86_400_000;
const storedSchema = z.object({
	measuredAt: z.iso.datetime(),
	measurements: measurementsSchema,
});

/** What this device is. The benchmark runs at the first start and weekly; the rest is looked up each time. */
export async function measureDevice(
	state: StateFolder,
	info: EngineInfo,
	now: Date,
): Promise<Measurements> {
	const stored = await readJsonFile(state.measurements, storedSchema);
	const fresh =
		stored && now.getTime() - Date.parse(stored.measuredAt) < WEEK_MS;
	const speed = fresh ? stored.measurements : await runBenchmark();
	const measurements: Measurements = {
		architecture: platformOf(info.architecture),
		cores: info.cores,
		memoryMiB: Math.floor(info.memoryBytes / 2 ** 20),
		diskMiB: await diskSize(state.path),
		processor: await processorName(),
		operatingSystem: info.operatingSystem.slice(0, 200),
		engine: info.description,
		accelerators: (await listAccelerators()).slice(0, 64),
		integerOpsPerSecond: speed.integerOpsPerSecond,
		floatOpsPerSecond: speed.floatOpsPerSecond,
	};
	await writeJsonFile(state.measurements, {
		measuredAt: fresh ? stored.measuredAt : now.toISOString(),
		measurements,
	});
	return measurements;
}

async function diskSize(path: string): Promise<number> {
	const { blocks, bsize } = await statfs(path);
	return Math.floor((blocks * bsize) / 2 ** 20);
}

/** Boards say more in their device tree than in /proc/cpuinfo. */
async function processorName(): Promise<string> {
	const board = await text("/proc/device-tree/model");
	const model = os.cpus()[0]?.model.trim();
	return [board, model].filter(Boolean).join(", ").slice(0, 200) || "unknown";
}

type Accelerator = Measurements["accelerators"][number];

async function listAccelerators(): Promise<Accelerator[]> {
	const found = await Promise.all([
		nvidiaCards(),
		renderNodes(),
		edgeTpus(),
		usbSticks(),
	]);
	return found.flat();
}

async function nvidiaCards(): Promise<Accelerator[]> {
	const root = "/proc/driver/nvidia/gpus";
	return Promise.all(
		(await names(root)).map(async (card) => {
			const information = await text(`${root}/${card}/information`);
			const model = /^Model:\s*(.+)$/m.exec(information)?.[1] ?? "NVIDIA GPU";
			return { kind: "gpu", name: model.slice(0, 200) };
		}),
	);
}

/** Graphics with a driver in the kernel; the NVIDIA driver's own nodes are listed already. */
async function renderNodes(): Promise<Accelerator[]> {
	const nodes = (await names("/dev/dri")).filter((n) => /^renderD\d+$/.test(n));
	const found = await Promise.all(
		nodes.map(async (node) => {
			const uevent = await text(`/sys/class/drm/${node}/device/uevent`);
			const driver = /^DRIVER=(.+)$/m.exec(uevent)?.[1] ?? "unknown driver";
			return driver === "nvidia"
				? []
				: [{ kind: "gpu", name: `${node} (${driver})` }];
		}),
	);
	return found.flat();
}

async function edgeTpus(): Promise<Accelerator[]> {
	return (await names("/dev"))
		.filter((name) => /^apex_\d+$/.test(name))
		.map((name) => ({ kind: "tpu", name: `Coral Edge TPU (${name})` }));
}

/** Accelerators on USB, by vendor and product. */
const USB_STICKS: Record<string, Accelerator> = {
	"1a6e:089a": { kind: "tpu", name: "Coral USB Accelerator" },
	"18d1:9302": { kind: "tpu", name: "Coral USB Accelerator" },
	"03e7:2150": { kind: "vpu", name: "Movidius Neural Compute Stick" },
	"03e7:2485": { kind: "vpu", name: "Intel Neural Compute Stick 2" },
};

async function usbSticks(): Promise<Accelerator[]> {
	const root = "/sys/bus/usb/devices";
	const found = await Promise.all(
		(await names(root)).map(async (device) => {
			const vendor = await text(`${root}/${device}/idVendor`);
			const product = await text(`${root}/${device}/idProduct`);
			return USB_STICKS[`${vendor}:${product}`] ?? [];
		}),
	);
	return found.flat();
}

const names = (folder: string): Promise<string[]> =>
	readdir(folder).catch(() => []);

/** What the kernel says in a file, without the NUL and newline at its end; empty when there is none. */
const text = (path: string): Promise<string> =>
	readFile(path, "utf8").then(
		(content) => content.replaceAll("\0", "").trim(),
		() => "",
	);
