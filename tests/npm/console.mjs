// The operator's console in Debian's Chromium: signs in as people do, by the
// keyboard, and looks at each page on a phone and at a desk, light and dark.
//
//	node console.mjs MODULES BASE FOLDER < JOBS
//
// JOBS is JSON: {"name": NAME, "password": PASSWORD, "pages": [PATH, ...]}. A
// line of TAP for each thing looked at.
import { createRequire } from "node:module";
import { readFileSync, mkdtempSync } from "node:fs";
import path from "node:path";
import process from "node:process";

const [modules, base, folder] = process.argv.slice(2);
const require = createRequire(path.resolve(modules, "node_modules") + "/");
const { chromium } = require("playwright-core");
const { HtmlValidate } = require("html-validate");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const jobs = JSON.parse(readFileSync(0, "utf8"));

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const html = new HtmlValidate({
	root: true,
	extends: ["html-validate:standard"],
	rules: {
		"void-style": ["error", { style: "omit" }],
		doctype: "off",
		"doctype-style": ["error", { style: "lowercase" }],
		"no-trailing-whitespace": "error",
		"long-title": "off",
	},
});

function tell(holds, sentence, detail) {
	console.log(`${holds ? "ok" : "not ok"} - ${sentence}`);
	if (!holds)
		for (const line of String(detail).split("\n"))
			console.log(`# ${line}`);
}

async function faults(page) {
	const found = await page.evaluate(async ([source, tags]) => {
		if (!window.axe)
			(0, eval)(source);
		const result = await window.axe.run(
			{ runOnly: { type: "tag", values: tags } });
		return result.violations.map((violation) =>
			`${violation.id}: ` + violation.nodes.map(
				(node) => `${node.target} ${node.failureSummary}`,
			).join("; "));
	}, [axe, WCAG]);
	const wide = await page.evaluate(() =>
		document.documentElement.scrollWidth > window.innerWidth);
	const report = await html.validateString(
		await (await page.context().request.get(page.url())).text());

	for (const result of report.results)
		for (const message of result.messages)
			found.push(`html line ${message.line}: ` +
				`${message.ruleId} ${message.message}`);
	return wide ? [...found, "wider than the window"] : found;
}

async function signIn(page) {
	await page.goto(base + "/console/");
	await page.getByLabel("Name").focus();
	await page.keyboard.type(jobs.name);
	await page.keyboard.press("Tab");
	await page.keyboard.type(jobs.password);
	await page.keyboard.press("Enter");
	await page.waitForURL(`${base}/console/`);
	tell(await page.getByText(`Signed in as ${jobs.name}`).isVisible(),
		"somebody signs in by the keyboard alone", await page.content());
}

const looks = [
	{ width: 320, height: 640, colorScheme: "light" },
	{ width: 1200, height: 800, colorScheme: "dark" },
];

async function look(page, target) {
	const complaints = [];

	for (const view of looks) {
		await page.setViewportSize(view);
		await page.emulateMedia({ colorScheme: view.colorScheme,
			reducedMotion: "reduce" });
		await page.goto(base + target);
		for (const fault of await faults(page))
			complaints.push(`${view.width} ${view.colorScheme}: ${fault}`);
		if (process.env.CONSOLE_SHOTS)
			await page.screenshot({ fullPage: true,
				path: path.join(process.env.CONSOLE_SHOTS,
					`${target.replace(/[^a-z0-9]+/gi, "-")}` +
					`${view.width}.png`) });
	}
	tell(complaints.length === 0, `${target} is as it should be`,
		complaints.join("\n"));
}

async function work(page) {
	await page.goto(base + "/console/listings");
	await page.getByLabel("IPv4 address or prefix").fill("192.0.2.88");
	await page.getByLabel("Reason, shown").fill("floods us");
	await page.getByRole("button", { name: "List it" }).click();
	tell(await page.getByRole("status").getByText("It is listed.")
		.isVisible(), "lists by hand and is told so", await page.content());
	await page.getByLabel("IP address").fill("192.0.2.88");
	await page.getByRole("button", { name: "Look up" }).click();
	await page.getByRole("button", { name: "Take it off every list" }).click();
	tell(await page.getByText("It is off every list.").isVisible(),
		"takes it off again", await page.content());
	await page.getByRole("button", { name: "Sign out" }).click();
	tell(await page.getByRole("heading", { name: "Sign in" }).isVisible(),
		"and signs out", await page.content());
}

const context = await chromium.launchPersistentContext(
	mkdtempSync(path.join(folder, "console-")), {
		executablePath: "/usr/bin/chromium", headless: true,
		args: ["--headless", "--no-sandbox", "--disable-gpu",
			"--disable-quic", "--no-first-run",
			"--disable-background-networking",
			"--disable-component-update", "--disable-sync"] });
try {
	const page = await context.newPage();
	const complaints = [];

	page.on("console", (message) => {
		if (["error", "warning"].includes(message.type()))
			complaints.push(message.text());
	});
	page.on("request", (request) => {
		if (!request.url().startsWith(base + "/"))
			complaints.push(`foreign: ${request.url()}`);
	});
	await look(page, "/console/login");
	await signIn(page);
	for (const target of jobs.pages)
		await look(page, target);
	await work(page);
	tell(complaints.length === 0, "without a complaint of the browser",
		complaints.join("\n"));
} finally {
	await context.close();
}
