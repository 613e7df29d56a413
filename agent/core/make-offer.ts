import type { Offer } from "./protocol.ts";

/** What the owner lends at the most. What is absent is worked out from the machine. */
export interface Limits {
	cores?: number | undefined;
	memoryMiB?: number | undefined;
	diskMiB?: number | undefined;
}

export interface Situation {
	/** The owner's own figures; they replace ours. */
	limits: Limits;
	cores: number;
	/** Smoothed, percent of the whole machine. */
	dutyCpu: number;
	/** What programs could get now, and what our containers hold of the rest. */
	memoryAvailableMiB: number;
	memoryOursMiB: number;
	diskFreeMiB: number;
	images: string[];
	/** The owner's limit of duty, and the memory that is always the owner's, percent of the machine. */
	cpuLimit: number;
	memoryHeadroom: number;
	memoryTotalMiB: number;
	/** When the owner's hours end; null when they do not. */
	until: Date | null;
	/** Why nothing is taken; undefined when it is. */
	refusal: string | undefined;
}

/** Kept free of the memory and the disk that the owner does not use. */
const MEMORY_SHARE = 0.75;
const DISK_SHARE = 0.5;
/** A core counts as free although the owner's programs use this much of it now and then. */
const CORE_SLACK = 0.25;
/** Rounded down to this, so that an offer does not change with every page of memory. */
const MEMORY_STEP_MIB = 64;
const DISK_STEP_MIB = 256;

/**
 * What the device can spare for tasks, those that run included. Pure. The owner's own figures replace ours; else
 *
 *   cores   whole ones: all − duty (smoothed) + a quarter, rounded down
 *   memory  of what programs could get, ours counted as free: three quarters, and never the owner's headroom
 *   disk    half of what is free
 */
export function makeOffer(now: Situation): Offer {
	const duty = (now.dutyCpu / 100) * now.cores;
	const cores =
		now.limits.cores ?? Math.max(0, Math.floor(now.cores - duty + CORE_SLACK));
	const memory = Math.min(
		(now.memoryAvailableMiB + now.memoryOursMiB) * MEMORY_SHARE,
		now.memoryAvailableMiB +
			now.memoryOursMiB -
			(now.memoryTotalMiB * now.memoryHeadroom) / 100,
	);
	return {
		cores: Math.min(cores, now.cores),
		memoryMiB: now.limits.memoryMiB ?? roundDown(memory, MEMORY_STEP_MIB),
		diskMiB:
			now.limits.diskMiB ??
			roundDown(now.diskFreeMiB * DISK_SHARE, DISK_STEP_MIB),
		images: now.images,
		until: now.until?.toISOString() ?? null,
		cpuLimit: now.cpuLimit,
		accepting: now.refusal === undefined,
		...(now.refusal === undefined ? {} : { reason: now.refusal.slice(0, 200) }),
	};
}

/** Whether the server should hear of it before the next heartbeat. */
export function offerDiffers(a: Offer, b: Offer | undefined): boolean {
	return (
		!b ||
		a.cores !== b.cores ||
		a.accepting !== b.accepting ||
		withoutFigures(a.reason) !== withoutFigures(b.reason) ||
		a.cpuLimit !== b.cpuLimit ||
		a.until !== b.until ||
		a.images.join() !== b.images.join() ||
		Math.abs(a.memoryMiB - b.memoryMiB) > 0.1 * b.memoryMiB ||
		Math.abs(a.diskMiB - b.diskMiB) > 0.1 * b.diskMiB
	);
}

/** "CPU 63 % is above your 30 %" is no news when it was 64 % a moment ago. */
const withoutFigures = (reason = "") => reason.replace(/\d+/g, "");

const roundDown = (value: number, step: number) =>
	Math.max(0, Math.floor(value / step) * step);
