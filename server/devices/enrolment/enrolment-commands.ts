export interface EnrolmentCommands {
	/** One line for a shell on the device. */
	command: string;
	/** The same with nothing but Docker on the device. */
	dockerCommand: string;
	/** A page that shows these commands on another machine: what the QR code says. */
	pageUrl: string;
}

/** How a device is enrolled with `code` at the server whose address is `publicUrl`. */
export function enrolmentCommands(
	publicUrl: string,
	code: string,
): EnrolmentCommands {
	const install = `curl -fsSL ${publicUrl}/install/${code}`;
	return {
		command: `${install} | sh`,
		dockerCommand: `${install} | sh -s -- --docker`,
		pageUrl: `${publicUrl}/devices/add/${code}`,
	};
}
