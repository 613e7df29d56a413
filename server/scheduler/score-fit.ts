import type { DeviceFit } from "./fit-device.ts";
import type { BatchNeeds, DeviceOffer } from "./placement-plan.ts";

/** Share of a device that is taken: what Spread keeps even and Binpack fills. */
const fullness = ({ capacity, free }: DeviceOffer): number =>
	capacity.cores === 0 ? 1 : (capacity.cores - free.cores) / capacity.cores;

/** Windows that differ by less are alike, so that the image and the load decide between them. */
const WINDOW_STEP_SECONDS = 300;

/** How much a device that can do tasks of a batch is to be preferred, by the batch's placement. */
export function scoreFit(fit: DeviceFit, needs: BatchNeeds): number {
	const full = fullness(fit.device);
	const imageId = needs.builds[fit.device.platform];
	const image = imageId && fit.device.images.has(imageId) ? 1e-6 : 0;
	if (needs.placement === "binpack") return full + image;
	if (needs.placement === "spread") return image - full;
	const window = Math.floor(fit.idleSeconds / WINDOW_STEP_SECONDS);
	return image - full / 1e3 - window;
}
