/** @type {import("next").NextConfig} */
const config = {
	// Next keeps a lock on this folder: two portals on one checkout need two.
	distDir: process.env.LULL_NEXT_DIST ?? ".next",
	poweredByHeader: false,
	reactStrictMode: true,
	// The server has its own type check over the whole project, before this.
	typescript: { ignoreBuildErrors: true },
};

export default config;
