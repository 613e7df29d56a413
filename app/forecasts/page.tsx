import type { Metadata } from "next";
import { ForecastAccuracy } from "./forecast-accuracy";

export const metadata: Metadata = { title: "Forecasts" };

export default function ForecastsPage() {
	return <ForecastAccuracy />;
}
