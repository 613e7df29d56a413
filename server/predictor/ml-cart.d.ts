/** ml-cart brings no types; these are the parts that we use. */
declare module "ml-cart" {
	export class DecisionTreeRegression {
		constructor(options?: {
			gainFunction?: "regression";
			splitFunction?: "mean";
			minNumSamples?: number;
			maxDepth?: number;
		});
		train(features: number[][], targets: number[]): void;
		predict(features: number[][]): number[];
	}
}
