/** Whoever makes the images of app versions, as seen by those who push them. */
export interface AppVersionBuilds {
	/** @throws AppError unavailable when there is no engine to make images with */
	demandEngine(): Promise<void>;
	/** Looks for work now instead of at the next tick. */
	wake(): void;
}
