/** Bytes since the machine started. */
export interface DiskBytes {
	read: number;
	written: number;
}

const SECTOR_BYTES = 512;
/** Whole disks: parts of them, and what is made of them (loop, ram, dm, md), would count twice. */
const WHOLE_DISK =
	/^(sd[a-z]+|vd[a-z]+|xvd[a-z]+|hd[a-z]+|nvme\d+n\d+|mmcblk\d+)$/;

/** What /proc/diskstats counts of all disks together. */
export function parseDiskStats(text: string): DiskBytes {
	const sum = { read: 0, written: 0 };
	for (const line of text.split("\n")) {
		const fields = line.trim().split(/\s+/);
		if (!WHOLE_DISK.test(fields[2] ?? "")) continue;
		sum.read += Number(fields[5] ?? 0) * SECTOR_BYTES;
		sum.written += Number(fields[9] ?? 0) * SECTOR_BYTES;
	}
	return sum;
}
