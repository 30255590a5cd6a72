// What looks at pages share: Debian's Chromium, axe, html-validate, TAP. Whoever
// imports it is run as
//
//	node PROGRAM MODULES BASE FOLDER < JOBS
//
// where the browser has its profile in FOLDER and JOBS is JSON.
import { createRequire } from "node:module";
import { readFileSync, mkdtempSync } from "node:fs";
import path from "node:path";
import process from "node:process";

const [modules, base, folder] = process.argv.slice(2);
const require = createRequire(path.resolve(modules, "node_modules") + "/");
const { chromium } = require("playwright-core");
const { HtmlValidate } = require("html-validate");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
export const jobs = JSON.parse(readFileSync(0, "utf8"));

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const html = new HtmlValidate({
	root: true,
	extends: ["html-validate:standard"],
	rules: {
		// Written by hand, without closing slashes and with lower case.
		"void-style": ["error", { style: "omit" }],
		doctype: "off",
		"doctype-style": ["error", { style: "lowercase" }],
		"no-trailing-whitespace": "error",
		"long-title": "off",
	},
});

export function tell(holds, sentence, detail) {
	console.log(`${holds ? "ok" : "not ok"} - ${sentence}`);
	if (!holds)
		for (const line of String(detail).split("\n"))
			console.log(`# ${line}`);
}

// Without windows at all: what a screen would show costs twice as much.
export const BROWSER = {
	executablePath: "/usr/bin/chromium-headless-shell",
	args: ["--no-sandbox", "--disable-gpu", "--disable-quic",
		"--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync"],
};

// A browser with a new profile, whose pages come with axe.
export async function launch() {
	const context = await chromium.launchPersistentContext(
		mkdtempSync(path.join(folder, "profile-")), BROWSER);

	await context.addInitScript({ content: axe });
	return context;
}

// What goes wrong without being seen: console errors, foreign requests.
export function watch(page, complaints) {
	page.on("console", (message) => {
		// That a page itself is a 400 or a 404 is no fault of it.
		if (["error", "warning"].includes(message.type()) &&
		    message.location().url !== page.url())
			complaints.push(`console: ${message.text()}`);
	});
	page.on("pageerror", (error) => complaints.push(`error: ${error}`));
	page.on("request", (request) => {
		if (!request.url().startsWith(base + "/") &&
		    !request.url().startsWith("data:"))
			complaints.push(`foreign: ${request.url()}`);
	});
}

// A window of that width, height and scheme, which shows one page after the
// other: a new one for each takes longer than the page. What goes wrong without
// being seen comes into its complaints.
export async function openWindow(context, view) {
	const page = await context.newPage();
	const complaints = [];

	watch(page, complaints);
	await page.setViewportSize(view);
	await page.emulateMedia({ colorScheme: view.colorScheme,
		reducedMotion: "reduce" });
	await page.setExtraHTTPHeaders({ "Accept-Language": view.lang });
	return { ...view, page, complaints };
}

// The page before may be about to go elsewhere by itself, and come in between.
export async function open(page, target) {
	for (let tries = 3; ; tries--) {
		try {
			return await page.goto(base + target);
		} catch (error) {
			if (tries === 1 || !String(error).includes("ERR_ABORTED"))
				throw error;
		}
	}
}

// What does not fit into the window.
export async function wide(page) {
	return page.evaluate(() =>
		document.documentElement.scrollWidth > window.innerWidth
			? [...document.querySelectorAll("body *")].filter((e) =>
				e.getBoundingClientRect().right > innerWidth)
				.slice(0, 3).map((e) => `wide: ${e.outerHTML.slice(0, 90)}`)
				.concat("wider than the window")
			: []);
}

// And what axe finds besides.
export async function faults(page) {
	const found = await page.evaluate(async (tags) => {
		const result = await window.axe.run(
			{ runOnly: { type: "tag", values: tags },
				resultTypes: ["violations"] });
		return result.violations.map((violation) =>
			`${violation.id}: ` + violation.nodes.map(
				(node) => `${node.target} ${node.failureSummary}`,
			).join("; "));
	}, WCAG);

	return [...found, ...await wide(page)];
}

export async function htmlFaults(text) {
	const report = await html.validateString(text);

	return report.results.flatMap((result) => result.messages.map(
		(message) => `line ${message.line}: ` +
			`${message.ruleId} ${message.message}`));
}

export { base, chromium };
