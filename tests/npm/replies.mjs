// Looks at replies that come once, or that nobody can ask for again: what the
// server sent is shown in Debian's Chromium at its own address, with the style
// and the scripts that the server has.
//
//	node replies.mjs MODULES BASE FOLDER < JOBS
//
// JOBS is JSON: {"replies": [{"name": NAME, "target": PATH, "lang": TAG,
// "status": CODE, "headers": {NAME: VALUE}, "html": TEXT}, ...], "shots":
// FOLDER or null}. A line of TAP for each name.
import path from "node:path";
import { base, faults, htmlFaults, jobs, launch, tell, watch }
	from "./browser.mjs";

// One of them a language, all of them where somebody wants the pictures.
const looks = [
	{ width: 320, height: 640, colorScheme: "light", lang: "de" },
	{ width: 1280, height: 800, colorScheme: "dark", lang: "en" },
	{ width: 390, height: 844, colorScheme: "dark", lang: "de" },
	{ width: 390, height: 844, colorScheme: "light", lang: "en" },
];

async function look(context, reply, view) {
	const page = await context.newPage();
	const complaints = [];

	watch(page, complaints);
	await page.route(base + reply.target, (route) => route.fulfill(
		{ status: reply.status, headers: reply.headers, body: reply.html }));
	await page.setViewportSize(view);
	await page.emulateMedia({ colorScheme: view.colorScheme,
		reducedMotion: "reduce" });
	await page.goto(base + reply.target);
	complaints.push(...await faults(page));
	if (await page.getAttribute("html", "lang") !== reply.lang)
		complaints.push("in another language");
	if (jobs.shots)
		await page.screenshot({ fullPage: true,
			path: path.join(jobs.shots, `${reply.name.replace(
				/[^a-z0-9]+/gi, "-")}-${reply.lang}-${view.width}.png`) });
	await page.close();
	return complaints.map((complaint) =>
		`${reply.lang} ${view.width}: ${complaint}`);
}

async function judge(context, reply) {
	const complaints = (await htmlFaults(reply.html)).map(
		(fault) => `${reply.lang} html ${fault}`);

	for (const view of jobs.shots ? looks : looks.slice(0, 2)) {
		if (view.lang === reply.lang)
			complaints.push(...await look(context, reply, view));
	}
	return complaints;
}

const context = await launch();
try {
	for (const name of new Set(jobs.replies.map((reply) => reply.name))) {
		const complaints = [];

		for (const reply of jobs.replies) {
			if (reply.name === name)
				complaints.push(...await judge(context, reply));
		}
		tell(complaints.length === 0, `${name}: a page as it should be`,
			complaints.join("\n"));
	}
} finally {
	await context.close();
}
