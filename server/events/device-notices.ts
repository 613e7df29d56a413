import type { ProcessChannel } from "./process-channel.ts";

/**
 * Word to the server process that a device is connected to, from whichever process it is said in. What the device should
 * have is in the database by then; a notice that is lost costs time, since wanted lists are sent anew now and then.
 */
export interface DeviceNotices {
	/**
	 * What the server wants on these devices has changed. Urgent: they hear of it before anything else, as of what an owner
	 * or an admin wishes.
	 */
	wantedChanged(deviceIds: readonly string[], urgent?: "urgent"): void;
	/** What their forecasts rest on has changed by somebody's word: they are made anew. */
	forecastAnew(deviceIds: readonly string[]): void;
	/**
	 * For who holds devices; a listener answers with those that are not connected to this process, of which others are then
	 * told. Returns the function that ends it.
	 */
	onWantedChanged(
		listener: (
			deviceIds: readonly string[],
			urgent: boolean,
		) => readonly string[],
	): () => void;
	onForecastAnew(listener: (deviceIds: readonly string[]) => void): () => void;
}

type WantedListener = Parameters<DeviceNotices["onWantedChanged"]>[0];

export function createDeviceNotices(
	channel: Pick<ProcessChannel, "send" | "on">,
): DeviceNotices {
	const wanted = new Set<WantedListener>();
	const forecasts = new Set<(deviceIds: readonly string[]) => void>();
	const tellHere = (
		deviceIds: readonly string[],
		urgent: boolean,
	): readonly string[] => {
		let elsewhere = deviceIds;
		for (const listener of wanted) elsewhere = listener(elsewhere, urgent);
		return elsewhere;
	};
	const forecastHere = (deviceIds: readonly string[]) => {
		for (const listener of forecasts) listener(deviceIds);
	};
	channel.on("devices", (ids) => void tellHere(ids, false));
	channel.on("urgentDevices", (ids) => void tellHere(ids, true));
	channel.on("forecasts", forecastHere);
	return {
		wantedChanged(deviceIds, urgent) {
			const elsewhere = tellHere(deviceIds, urgent === "urgent");
			if (urgent) channel.send("urgentDevices", elsewhere, "hurry");
			else channel.send("devices", elsewhere);
		},
		forecastAnew(deviceIds) {
			forecastHere(deviceIds);
			channel.send("forecasts", deviceIds);
		},
		onWantedChanged(listener) {
			wanted.add(listener);
			return () => void wanted.delete(listener);
		},
		onForecastAnew(listener) {
			forecasts.add(listener);
			return () => void forecasts.delete(listener);
		},
	};
}
