import type { ContainerInfo, ContainerInspectInfo } from "dockerode";
import type {
	ContainerDetails,
	EngineInfo,
	OwnContainer,
	RunningContainer,
} from "./container-engine.ts";
import { LABEL } from "./our-labels.ts";

/** The parts of Docker's /info that we read. */
export interface DockerInfo {
	ServerVersion: string;
	Driver: string;
	CgroupVersion?: "1" | "2";
	CgroupDriver?: "cgroupfs" | "systemd" | "none";
	NCPU: number;
	MemTotal: number;
	OperatingSystem: string;
	KernelVersion: string;
	Architecture: string;
}

export const readInfo = (info: DockerInfo): EngineInfo => ({
	description: `Docker ${info.ServerVersion}, ${info.Driver}, cgroup v${info.CgroupVersion ?? "1"}`,
	architecture: info.Architecture,
	cores: info.NCPU,
	memoryBytes: info.MemTotal,
	operatingSystem: `${info.OperatingSystem}, Linux ${info.KernelVersion}`,
});

export const readRunning = ({
	Id,
	Labels,
}: Pick<ContainerInfo, "Id" | "Labels">): RunningContainer => ({
	id: Id,
	deviceId: Labels[LABEL.device],
	taskId: Labels[LABEL.task],
});

export const readOwn = ({
	Id,
	Labels,
	State,
}: Pick<ContainerInfo, "Id" | "Labels" | "State">): OwnContainer => ({
	id: Id,
	taskId: Labels[LABEL.task],
	state: readState(State),
});

/** Docker has more of them; what neither waits nor runs has ended, as far as we are concerned. */
function readState(state: string): OwnContainer["state"] {
	if (state === "created" || state === "paused") return state;
	return state === "running" || state === "restarting" ? "running" : "exited";
}

export const readDetails = ({
	State,
	HostConfig,
}: Pick<ContainerInspectInfo, "State" | "HostConfig">): ContainerDetails => ({
	exitCode: State.ExitCode,
	memoryKilled: State.OOMKilled,
	error: State.Error,
	startedAt: readTime(State.StartedAt),
	finishedAt: readTime(State.FinishedAt),
	cores: (HostConfig.NanoCpus ?? 1e9) / 1e9,
});

/** Docker says year 1 for "never". */
function readTime(text: string): number | undefined {
	const time = Date.parse(text);
	return time > 0 ? time : undefined;
}
