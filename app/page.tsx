import {
	Atom,
	Cpu,
	Gauge,
	LockKeyhole,
	Scale,
	ServerCog,
	UsersRound,
} from "lucide-react";
import { ButtonLink } from "./components/actions/button";
import { LullCurve } from "./components/charts/lull-curve";
import { NetworkFigures } from "./components/charts/network-figures";

const promises = [
	{
		icon: <Gauge aria-hidden />,
		title: "You never notice",
		text: "Work comes only when your device will probably stay idle, and is frozen within a fraction of a second when your own programs need it. One press makes everything of ours leave.",
	},
	{
		icon: <LockKeyhole aria-hidden />,
		title: "Locked in, not trusted",
		text: "Every program is reviewed and signed, and runs without network, without rights and without a view of your files. Your device checks the signature itself.",
	},
	{
		icon: <Scale aria-hidden />,
		title: "Checked results",
		text: "Each piece of work is computed on devices of different owners, and counts only when they agree. Credit is granted once, in a ledger that everyone can read.",
	},
];

const starts = [
	{
		icon: <Cpu aria-hidden />,
		who: "You own a device",
		text: "Press “Add a device”, run one command on it, and it is online within a minute. Cameras, gateways, small boards and computers are all welcome.",
		href: "/devices",
		action: "Add a device",
	},
	{
		icon: <Atom aria-hidden />,
		who: "You do research",
		text: "Bring a Dockerfile, an image or a folder of code and your data files. Get back results that have been checked against each other.",
		href: "/account/research",
		action: "Become a researcher",
	},
	{
		icon: <UsersRound aria-hidden />,
		who: "You look around",
		text: "See what is being computed, by whom and what for, and who gave how much. Everything here is open to read.",
		href: "/projects",
		action: "See the projects",
	},
	{
		icon: <ServerCog aria-hidden />,
		who: "You run a Lull",
		text: "One command starts the portal with its own database. Review projects, look after people and devices, and keep the record of who decided what.",
		href: "/admin",
		action: "To the admin pages",
	},
];

export default function LandingPage() {
	return (
		<main id="content">
			<section className="mx-auto max-w-6xl px-4 pt-14 pb-10 sm:px-6 sm:pt-16">
				<div className="max-w-3xl">
					<h1 className="font-semibold text-4xl leading-[1.08] tracking-[-0.03em] sm:text-6xl">
						Science in the lulls
						<br className="hidden sm:block" /> of your devices
					</h1>
					<p className="mt-6 max-w-2xl text-ink-soft text-lg leading-relaxed">
						Cameras, gateways, boards and computers stand idle most of the day.
						Lull lends that time to researchers, whose work runs in sealed
						containers that always yield to your own programs. They get results
						that have been checked, you get the credit.
					</p>
					<div className="mt-8 flex flex-wrap gap-3">
						<ButtonLink href="/sign-up" variant="primary" size="lg">
							Lend a device
						</ButtonLink>
						<ButtonLink href="/projects" size="lg">
							See what it computes
						</ButtonLink>
					</div>
				</div>
				<LullCurve className="mt-12" />
			</section>

			<section
				aria-label="The network now"
				className="border-line border-y bg-surface"
			>
				<NetworkFigures />
			</section>

			<section className="mx-auto max-w-6xl px-4 py-16 sm:px-6 sm:py-24">
				<h2 className="max-w-xl font-semibold text-2xl sm:text-3xl">
					A good guest on other people's machines
				</h2>
				<div className="mt-10 grid gap-x-10 gap-y-10 md:grid-cols-3">
					{promises.map(({ icon, title, text }) => (
						<div key={title}>
							<div className="mb-4 inline-flex rounded-xl bg-accent-soft p-2.5 text-accent [&_svg]:size-5">
								{icon}
							</div>
							<h3 className="font-semibold">{title}</h3>
							<p className="mt-2 text-ink-soft leading-relaxed">{text}</p>
						</div>
					))}
				</div>
			</section>

			<section className="border-line border-t bg-sunken">
				<div className="mx-auto max-w-6xl px-4 py-16 sm:px-6 sm:py-24">
					<h2 className="font-semibold text-2xl sm:text-3xl">Where to start</h2>
					<div className="mt-10 grid gap-4 sm:grid-cols-2">
						{starts.map(({ icon, who, text, href, action }) => (
							<div
								key={who}
								className="flex flex-col items-start rounded-2xl border border-line bg-surface p-6 shadow-card sm:p-8"
							>
								<div className="flex items-center gap-3 text-accent [&_svg]:size-5">
									{icon}
									<h3 className="font-semibold text-ink">{who}</h3>
								</div>
								<p className="mt-3 mb-6 text-ink-soft leading-relaxed">
									{text}
								</p>
								<ButtonLink href={href} size="sm" className="mt-auto">
									{action}
								</ButtonLink>
							</div>
						))}
					</div>
				</div>
			</section>
		</main>
	);
}
