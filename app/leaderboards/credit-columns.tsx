import type { Column } from "../components/tables/data-table";
import { showCredit } from "../devices/show-number";

interface Credited {
	totalCredit: number;
	recentCredit: number;
}

export const totalColumn: Column<Pick<Credited, "totalCredit">> = {
	key: "total",
	header: "Credit",
	align: "right",
	cell: ({ totalCredit }) => showCredit(totalCredit),
};

export const recentColumn: Column<Credited> = {
	key: "recent",
	header: "A day lately",
	align: "right",
	cell: ({ recentCredit }) => showCredit(recentCredit),
};
