/** What a task asks for, or what is still free on a device. */
export interface Resources {
	cores: number;
	memoryMiB: number;
	diskMiB: number;
}
