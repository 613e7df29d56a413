/** ml-cart brings no types; these are the parts that we use. */
declare module "ml-cart" {
	export class DecisionTreeRegression {
		constructor(options?: {
			gainFunction?: "regression";
			splitFunction?: "mean";
			minNumSamples?: number;
			maxDepth?: number;
			/** Nodes whose best split leaves no more error than this are not split. */
			gainThreshold?: number;
		});
		train(features: number[][], targets: number[]): void;
		predict(features: number[][]): number[];
	}
}
