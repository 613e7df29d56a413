import type Docker from "dockerode";
import type { Manifest } from "../core/protocol.ts";
import type { WantedContainer } from "./container-engine.ts";
import { LABEL } from "./our-labels.ts";

/** What Docker is told beside what is wanted. */
export interface SandboxNeeds extends WantedContainer {
	deviceId: string;
	/** Folders of the image that it declares as volumes. */
	imageVolumes: readonly string[];
	/** `uid:gid`, never root. */
	user: string;
	/** The cgroup of everything of ours, which has the lowest weights; undefined where it cannot be had. */
	cgroupParent: string | undefined;
	/** False on engines whose kernel has no I/O weights. */
	ioWeight: boolean;
}

const MIB = 1024 * 1024;
const PIDS = 512;
const OPEN_FILES = 4096;
/** The least there is. */
const LOWEST_CPU_SHARES = 2;
const LOWEST_IO_WEIGHT = 10;
/** How much of a container's own log the engine keeps on the owner's disk. */
const ENGINE_LOG = { "max-size": "2m", "max-file": "2" };

/**
 * The sandbox, all of it, for every task: what is wanted in, Docker's options out (docs/decisions/0006). Nothing in
 * here depends on what a project wants except the amounts that an admin approved with the manifest; the agent's guide
 * (docs/guides/agent.md) says what each line keeps out. Pure.
 */
export function sandboxOptions(
	needs: SandboxNeeds,
): Docker.ContainerCreateOptions {
	const { manifest } = needs;
	return {
		name: `lull-task-${needs.taskId}`,
		Image: needs.engineImageId,
		Entrypoint: [],
		Cmd: [...needs.command],
		WorkingDir: "/output",
		User: needs.user,
		Env: environment(needs),
		Labels: {
			[LABEL.device]: needs.deviceId,
			[LABEL.task]: needs.taskId,
			[LABEL.role]: "task",
		},
		AttachStdin: false,
		AttachStdout: false,
		AttachStderr: false,
		OpenStdin: false,
		Tty: false,
		NetworkDisabled: true,
		// A health check of the image would run a command that nobody approved.
		Healthcheck: { Test: ["NONE"] },
		HostConfig: {
			...isolation(),
			...limits(manifest, needs.ioWeight),
			...(needs.cgroupParent ? { CgroupParent: needs.cgroupParent } : {}),
			Binds: [
				`${needs.inputFolder}:/input:ro`,
				`${needs.outputFolder}:/output:rw`,
				`${needs.checkpointFolder}:/checkpoint:rw`,
			],
			Tmpfs: { "/tmp": temporaryFolder(manifest.memoryMiB) },
			Mounts: readOnlyVolumes(needs),
			LogConfig: { Type: "json-file", Config: ENGINE_LOG },
		},
	};
}

function isolation(): Docker.HostConfig {
	return {
		NetworkMode: "none",
		ReadonlyRootfs: true,
		Privileged: false,
		CapDrop: ["ALL"],
		CapAdd: [],
		// The engine's own seccomp profile stays on because nothing here turns it off.
		SecurityOpt: ["no-new-privileges:true"],
		IpcMode: "private",
		PidMode: "",
		UsernsMode: "",
		Devices: [],
		RestartPolicy: { Name: "no" },
		AutoRemove: false,
		OomScoreAdj: 1000,
	};
}

function limits(manifest: Manifest, ioWeight: boolean): Docker.HostConfig {
	const memory = manifest.memoryMiB * MIB;
	return {
		Memory: memory,
		// Equal to Memory: no swap.
		MemorySwap: memory,
		NanoCpus: Math.round(manifest.cores * 1e9),
		CpuShares: LOWEST_CPU_SHARES,
		...(ioWeight ? { BlkioWeight: LOWEST_IO_WEIGHT } : {}),
		PidsLimit: PIDS,
		ShmSize: Math.min(64 * MIB, Math.floor(memory / 2)),
		Ulimits: [
			{ Name: "core", Soft: 0, Hard: 0 },
			{ Name: "nofile", Soft: OPEN_FILES, Hard: OPEN_FILES },
			{ Name: "memlock", Soft: 0, Hard: 0 },
			{
				Name: "fsize",
				Soft: manifest.diskMiB * MIB,
				Hard: manifest.diskMiB * MIB,
			},
		],
	};
}

/** What is in it counts as memory of the container. */
function temporaryFolder(memoryMiB: number): string {
	return `rw,nosuid,nodev,exec,mode=1777,size=${Math.max(1, Math.floor(memoryMiB / 2))}m`;
}

/** The engine would make a writable volume without a limit for each; read-only, its content stays and nothing grows. */
function readOnlyVolumes({
	imageVolumes,
	deviceId,
	taskId,
}: SandboxNeeds): Docker.MountConfig {
	return imageVolumes
		.filter(
			(path) => !["/input", "/output", "/checkpoint", "/tmp"].includes(path),
		)
		.map((path) => ({
			Type: "volume",
			Source: "",
			Target: path,
			ReadOnly: true,
			VolumeOptions: {
				NoCopy: false,
				Labels: {
					[LABEL.device]: deviceId,
					[LABEL.task]: taskId,
					[LABEL.role]: "task",
				},
				DriverConfig: { Name: "local", Options: {} },
			},
		}));
}

function environment({ taskId, workUnitId, manifest }: SandboxNeeds): string[] {
	const threads = String(Math.max(1, Math.floor(manifest.cores)));
	return [
		`LULL_TASK=${taskId}`,
		`LULL_WORK_UNIT=${workUnitId}`,
		`LULL_THREADS=${threads}`,
		"LULL_CHECKPOINT=/checkpoint",
		`OMP_NUM_THREADS=${threads}`,
		"HOME=/tmp",
		"TMPDIR=/tmp",
	];
}
