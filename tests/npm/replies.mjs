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
import { base, faults, htmlFaults, jobs, launch, open, openWindow, tell }
	from "./browser.mjs";

// One of them a language, all of them where somebody wants the pictures.
const looks = [
	{ width: 320, height: 640, colorScheme: "light", lang: "de" },
	{ width: 1280, height: 800, colorScheme: "dark", lang: "en" },
	{ width: 390, height: 844, colorScheme: "dark", lang: "de" },
	{ width: 390, height: 844, colorScheme: "light", lang: "en" },
];

async function look({ page, complaints, width }, reply) {
	complaints.length = 0;
	await page.route(base + reply.target, (route) => route.fulfill(
		{ status: reply.status, headers: reply.headers, body: reply.html }));
	await open(page, reply.target);
	complaints.push(...await faults(page));
	if (await page.getAttribute("html", "lang") !== reply.lang)
		complaints.push("in another language");
	if (jobs.shots)
		await page.screenshot({ fullPage: true,
			path: path.join(jobs.shots, `${reply.name.replace(
				/[^a-z0-9]+/gi, "-")}-${reply.lang}-${width}.png`) });
	await page.unroute(base + reply.target);
	return complaints.map((complaint) =>
		`${reply.lang} ${width}: ${complaint}`);
}

async function judge(windows, reply) {
	const complaints = (await htmlFaults(reply.html)).map(
		(fault) => `${reply.lang} html ${fault}`);

	for (const one of windows) {
		if (one.lang === reply.lang)
			complaints.push(...await look(one, reply));
	}
	return complaints;
}

const context = await launch();
try {
	const windows = await Promise.all(
		(jobs.shots ? looks : looks.slice(0, 2)).map(
			(view) => openWindow(context, view)));

	for (const name of new Set(jobs.replies.map((reply) => reply.name))) {
		const complaints = [];

		for (const reply of jobs.replies) {
			if (reply.name === name)
				complaints.push(...await judge(windows, reply));
		}
		tell(complaints.length === 0, `${name}: a page as it should be`,
			complaints.join("\n"));
	}
} finally {
	await context.close();
}
