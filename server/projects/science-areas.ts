/** The areas that are offered; a researcher may name another one. */
export const SCIENCE_AREAS = [
	"Astronomy",
	"Biology",
	"Chemistry",
	"Climate and earth",
	"Computer science",
	"Engineering",
	"Materials science",
	"Mathematics",
	"Medicine",
	"Number theory",
	"Physics",
	"Social science",
] as const;
