import { type Platform, platformSchema } from "../../agent/core/protocol.ts";
import { AppError } from "../errors.ts";

/** What we look at of an image before it is kept. */
export interface InspectedImage {
	Id: string;
	Os: string;
	Architecture: string;
	Size: number;
	RepoDigests?: string[] | null;
	Config?: { Volumes?: object | null } | null;
}

/**
 * The platform of an image that may run on devices.
 *
 * Images that declare volumes are refused: the engine would make a writable folder for each, outside the task's disk
 * limit, on someone else's device.
 *
 * @throws AppError invalidInput, tooLarge
 */
export function checkImage(
	image: InspectedImage,
	wanted: { platforms: readonly string[]; mostBytes: number },
): Platform {
	const said = `${image.Os}/${image.Architecture}`;
	const { data: platform } = platformSchema.safeParse(said);
	if (!platform)
		throw new AppError(
			"invalidInput",
			`The image is for ${said}. Devices run linux/amd64 and linux/arm64.`,
		);
	if (!wanted.platforms.includes(platform))
		throw new AppError(
			"invalidInput",
			`The image is for ${platform}, which is not among the platforms that were asked for (${wanted.platforms.join(", ")}).`,
		);
	const volumes = Object.keys(image.Config?.Volumes ?? {});
	if (volumes.length > 0)
		throw new AppError(
			"invalidInput",
			`The image declares volumes (${volumes.slice(0, 5).join(", ")}). Remove VOLUME from its Dockerfile: programs write to /output and /tmp only.`,
		);
	if (image.Size > wanted.mostBytes)
		throw new AppError(
			"tooLarge",
			`The image has ${Math.ceil(image.Size / 1024 / 1024)} MiB; this server takes ${Math.floor(wanted.mostBytes / 1024 / 1024)} MiB.`,
		);
	return platform;
}
