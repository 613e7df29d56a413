/** Whoever makes the images of app versions, as seen by those who push them. */
export interface AppVersionBuilds {
	/** @throws AppError unavailable when there is no engine to make images with */
	demandEngine(): Promise<void>;
	/** There is something to make, or not to make any more: looked at now instead of at the next tick. */
	wake(): void;
}
