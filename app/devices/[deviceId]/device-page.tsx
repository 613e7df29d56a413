"use client";

import { Router } from "lucide-react";
import { useCurrentUser } from "../../components/access/use-current-user";
import { ButtonLink } from "../../components/actions/button";
import { StatTile } from "../../components/charts/stat-tile";
import { Card } from "../../components/layout/card";
import { PageBody } from "../../components/layout/page-body";
import { PageHeader } from "../../components/layout/page-header";
import { EmptyState } from "../../components/notices/empty-state";
import { ErrorNotice } from "../../components/notices/error-notice";
import { errorCode } from "../../components/notices/error-sentence";
import { Notice } from "../../components/notices/notice";
import { Skeleton } from "../../components/notices/skeleton";
import { TimeAgo } from "../../components/text/time-ago";
import { DeviceBadge } from "../device-badge";
import { DEVICE_KINDS } from "../device-kinds";
import { showCredit } from "../show-number";
import { DeviceActions } from "./device-actions";
import { DeviceFacts } from "./device-facts";
import { DeviceTasks } from "./device-tasks";
import { ForecastCard } from "./forecast-card";
import { GuardCard } from "./guard-card";
import { LoadHistory } from "./load-history";
import { LoadNow } from "./load-now";
import { OwnerNeedsCard } from "./owner-needs-card";
import { OwnerRulesCard } from "./owner-rules-card";
import { type DeviceData, useDevice } from "./use-device";

/** Everything about one device, live. */
export function DevicePage({ deviceId }: { deviceId: string }) {
	const { data: device, error, refetch } = useDevice(deviceId);
	if (device) return <Loaded device={device} />;
	const missing = ["notFound", "invalidInput"].includes(errorCode(error) ?? "");
	return (
		<PageBody>
			{missing ? (
				<EmptyState
					icon={<Router />}
					title="There is no such device"
					action={<ButtonLink href="/devices">Your devices</ButtonLink>}
				>
					Perhaps it belongs to somebody else.
				</EmptyState>
			) : error ? (
				<ErrorNotice error={error} onRetry={() => void refetch()} />
			) : (
				<div className="space-y-6">
					<Skeleton className="h-16" />
					<Skeleton className="h-72" />
				</div>
			)}
		</PageBody>
	);
}

function Loaded({ device }: { device: DeviceData }) {
	const { user } = useCurrentUser();
	const isOwner = device.owner !== null && user?.id === device.owner.id;
	return (
		<PageBody>
			<PageHeader
				title={device.name}
				badge={<DeviceBadge device={device} />}
				trail={[
					isOwner
						? { href: "/devices", label: "Devices" }
						: { href: "/admin/devices", label: "All devices" },
				]}
				description={
					<>
						{DEVICE_KINDS[device.kind].label}
						{isOwner
							? ""
							: ` of ${device.owner?.name ?? "nobody with an account"}`}
						, enrolled <TimeAgo at={device.enrolledAt} />
						{device.state !== "online" && (
							<>
								, last seen <TimeAgo at={device.lastSeenAt} />
							</>
						)}
					</>
				}
				actions={<DeviceActions device={device} isOwner={isOwner} />}
			/>
			<div className="space-y-6">
				<StateNotice device={device} />
				<Figures device={device} />
				{device.state === "online" && <LoadNow deviceId={device.id} />}
				<GuardCard device={device} />
				{device.state !== "retired" && (
					<div className="grid gap-6 lg:grid-cols-2">
						<OwnerNeedsCard deviceId={device.id} mayChange={isOwner} />
						<OwnerRulesCard deviceId={device.id} mayChange={isOwner} />
					</div>
				)}
				<ForecastCard deviceId={device.id} />
				<LoadHistory deviceId={device.id} enrolledAt={device.enrolledAt} />
				<div className="grid gap-6 lg:grid-cols-2">
					<Card title="What it is">
						<DeviceFacts device={device} />
					</Card>
					<Card
						title="Record of trust"
						description="Results are checked against those of other owners' devices. A device that is right again and again is checked less, never not at all."
					>
						<TrustFigures trust={device.trust} />
					</Card>
				</div>
				<DeviceTasks deviceId={device.id} />
			</div>
		</PageBody>
	);
}

/** What keeps the device from computing, and the way out of it. */
function StateNotice({ device }: { device: DeviceData }) {
	if (device.state === "retired")
		return (
			<Notice title="This device is retired">
				Its credit stays. To lend the machine again, enroll it as a new device.
			</Notice>
		);
	if (device.blockedReason !== null)
		return (
			<Notice tone="bad" title="An admin has blocked this device">
				{device.blockedReason}
			</Notice>
		);
	if (device.state === "pending")
		return (
			<Notice tone="warn" title="It has not connected yet">
				It is enrolled. Run “lull-agent run” on it if the agent is not running.
			</Notice>
		);
	if (device.state === "offline")
		return (
			<Notice title="It is offline">
				Nothing is lost: it goes on working and hands its results in when it is
				back.
			</Notice>
		);
	if (device.paused)
		return (
			<Notice tone="warn" title="Paused">
				Running tasks were given back and it takes no new ones, until you press
				Resume.
			</Notice>
		);
	if (device.draining)
		return (
			<Notice tone="warn" title="Draining">
				It finishes what runs and takes nothing new, until you press Resume.
			</Notice>
		);
	return null;
}

function Figures({ device }: { device: DeviceData }) {
	return (
		<div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
			<StatTile
				label="Tasks now"
				value={device.activeTasks}
				detail={device.projects.join(", ") || undefined}
			/>
			<StatTile label="Credit" value={showCredit(device.totalCredit)} />
			<StatTile
				label="Recent credit"
				value={showCredit(device.recentCredit)}
				unit="a day"
			/>
			<StatTile
				label="Valid results"
				value={device.trust.validTasks.toLocaleString("en")}
				detail={`${device.trust.consecutiveValid.toLocaleString("en")} in a row`}
			/>
		</div>
	);
}

function TrustFigures({ trust }: { trust: DeviceData["trust"] }) {
	const rows = [
		["Valid", trust.validTasks, "agreed with others"],
		["Invalid", trust.invalidTasks, "others agreed on something else"],
		["Errored", trust.erroredTasks, "the program failed"],
		["Lost", trust.lostTasks, "not reported in time"],
	] as const;
	return (
		<dl className="space-y-2 text-sm">
			{rows.map(([label, count, meaning]) => (
				<div
					key={label}
					className="flex items-baseline justify-between gap-4 border-line border-b pb-2 last:border-b-0"
				>
					<dt>
						{label} <span className="text-ink-faint">{meaning}</span>
					</dt>
					<dd className="tabular-nums">{count.toLocaleString("en")}</dd>
				</div>
			))}
		</dl>
	);
}
