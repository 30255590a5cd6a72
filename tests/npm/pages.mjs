// Looks at pages as people do, with Debian's Chromium.
//
//	node pages.mjs MODULES BASE FOLDER < JOBS
//
// JOBS is JSON: {"pages": [PATH, ...], "richest": PATH, "listed": ADDRESS,
// "shots": FOLDER or null}. Each page is opened on a phone and at a desk, light
// and dark, in each language; the browser has its profile in FOLDER, and
// "shots" gets a picture of each. A line of TAP for each thing looked at.
import path from "node:path";
import { base, BROWSER, chromium, faults, htmlFaults, jobs, launch, openWindow,
	tell, wide } from "./browser.mjs";

// Every page in the first two, the richest one in all.
const looks = [
	{ width: 320, height: 640, colorScheme: "light", lang: "de" },
	{ width: 1200, height: 800, colorScheme: "dark", lang: "en" },
	{ width: 320, height: 640, colorScheme: "dark", lang: "en" },
	{ width: 1200, height: 800, colorScheme: "light", lang: "de" },
];

async function look(view, target) {
	const { page, complaints } = view;
	const name = (target.replace(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "") ||
		"home") + `-${view.width}-${view.colorScheme}-${view.lang}`;

	complaints.length = 0;
	await page.goto(base + target);
	complaints.push(...await wide(page));
	await page.evaluate(() => document.querySelectorAll("details")
		.forEach((details) => { details.open = true; }));
	complaints.push(...await faults(page));
	if (await page.getAttribute("html", "lang") !== view.lang)
		complaints.push("in another language");
	if (jobs.shots)
		await page.screenshot({ fullPage: true,
			path: path.join(jobs.shots, `${name}.png`) });
	return complaints.map((complaint) => `${name}: ${complaint}`);
}

async function validate(target) {
	const complaints = [];

	for (const lang of ["en", "de"]) {
		const reply = await fetch(base + target, {
			headers: { Accept: "text/html", "Accept-Language": lang } });
		complaints.push(...(await htmlFaults(await reply.text())).map(
			(fault) => `html ${lang} ${fault}`));
	}
	return complaints;
}

// The way of somebody whose mail was refused, without any script.
async function delist(context) {
	const page = await context.newPage();

	await page.goto(base + "/");
	await page.getByLabel("IP address of a mail server").fill(jobs.listed);
	await page.keyboard.press("Enter");
	await page.waitForURL(`${base}/l/${jobs.listed}`);
	tell(await page.getByText("Listed", { exact: true }).isVisible() &&
		await page.getByRole("heading", { name: "How to repair it" })
			.isVisible(),
	"who looks a listed address up reads the repair", page.url());
	const summary = page.locator("summary", { hasText: "Exim" });
	tell(await summary.count() === 1 &&
		await page.getByText("deny !verify = recipient").isHidden(),
	"other mail systems are folded", await page.content());
	await summary.click();
	tell(await page.getByText("deny !verify = recipient").isVisible(),
		"and open without a script", await page.content());
	await page.getByRole("link", { name: "Take it off" }).click();
	tell(await page.getByRole("button", { name: "off the list" })
		.evaluate((e) => e.getBoundingClientRect().bottom < innerHeight),
	"the button is one link away", await page.content());
	await page.getByLabel("What you changed").fill("<b>the quota</b>");
	await page.getByRole("button", { name: `Take ${jobs.listed} off` }).click();
	tell(await page.getByRole("heading",
		{ name: `${jobs.listed} is off the list` }).isVisible(),
	"and takes it off on the same page", await page.content());
	tell(await page.getByRole("heading", { name: "How to repair it" })
		.isVisible(), "where the repair is still to be read",
	await page.content());
	await page.getByRole("link", { name: "Look again" }).click();
	tell(await page.getByText("Not listed", { exact: true }).isVisible(),
		"it is off", await page.content());
	await page.getByRole("link", { name: "Delistings" }).click();
	tell(await page.getByRole("cell", { name: jobs.listed }).isVisible(),
		"and on the public trail", await page.content());
	await page.getByRole("link", { name: "Deutsch" }).click();
	await page.getByRole("link", { name: "Nachschlagen" }).click();
	tell(await page.getByRole("heading",
		{ name: "Steht ein Server auf der Liste?" }).isVisible(),
	"a language that was chosen stays", await page.content());
	await page.close();
}

// What somebody gets who prints the page, though his screen is dark.
async function print(context) {
	const page = await context.newPage();
	const complaints = [];

	await page.setViewportSize({ width: 680, height: 1000 }); // of A4
	await page.emulateMedia({ media: "print", colorScheme: "dark" });
	await page.goto(base + jobs.richest);
	if (jobs.shots)
		await page.screenshot({ fullPage: true,
			path: path.join(jobs.shots, "print.png") });
	const sheets = (await page.pdf({ format: "A4" })).toString("latin1")
		.match(/\/Type \/Page\b(?!s)/g).length;
	if (sheets > 2)
		complaints.push(`${sheets} sheets`);
	complaints.push(...await page.evaluate(() => {
		const shown = (e) => getComputedStyle(e).display !== "none";
		const main = document.querySelector("main");
		const bare = [...main.querySelectorAll("a[href]")].filter((a) =>
			!a.getAttribute("href").startsWith("#") &&
			!getComputedStyle(a, "::after").content
				.includes(a.getAttribute("href")));
		const ink = getComputedStyle(document.body).color
			.match(/[0-9]+/g).map(Number);

		return [
			...[...document.querySelectorAll("nav, form")].filter(shown)
				.map((e) => `printed: ${e.outerHTML.slice(0, 60)}`),
			...bare.map((a) => `leads nowhere: ${a.outerHTML}`),
			...(Math.max(...ink) > 100 ? [`ink ${ink}`] : []),
			...(shown(document.querySelector(".printed")) ? [] :
				["does not say where it is"]),
		];
	}));
	tell(complaints.length === 0, "printed it is on two sheets at most",
		complaints.join("\n"));
	await page.close();
}

const context = await launch();
try {
	const windows = await Promise.all(
		looks.map((view) => openWindow(context, view)));

	await print(context);
	for (const target of jobs.pages) {
		let complaints = await validate(target);

		for (const view of target === jobs.richest
			? windows : windows.slice(0, 2))
			complaints = complaints.concat(await look(view, target));
		tell(complaints.length === 0, `${target} is as it should be`,
			complaints.join("\n"));
	}
	const charts = await context.newPage();
	await charts.goto(base + "/trends");
	tell(await charts.locator("canvas:visible").count() === 2,
		"the trends are drawn", await charts.content());
	tell(await charts.evaluate(() => {
		const row = document.getElementById("days").tBodies[0].rows[0];
		const counts = Chart.getChart("chart-sightings").data.datasets
			.map((dataset) => dataset.data);

		return row.textContent.includes("not counted") &&
			counts.length === 5 && counts.every((data) =>
				Number.isNaN(data[0]) && data.at(-1) >= 0) &&
			Chart.getChart("chart-listings").data.datasets
				.every((dataset) => dataset.data[0] >= 0);
	}), "a day that was not counted is a gap", await charts.content());
} finally {
	await context.close();
}

const browser = await chromium.launch(BROWSER);
try {
	await delist(await browser.newContext(
		{ javaScriptEnabled: false, locale: "en-GB" }));
} finally {
	await browser.close();
}
