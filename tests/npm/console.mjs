// The operator's console in Debian's Chromium: signs in as people do, by the
// keyboard, and looks at each page on a phone and at a desk, light and dark,
// in German and English.
//
//	node console.mjs MODULES BASE FOLDER < JOBS
//
// JOBS is JSON: {"name": NAME, "password": PASSWORD, "pages": [PATH, ...]}. A
// line of TAP for each thing looked at.
import path from "node:path";
import process from "node:process";
import { base, faults, htmlFaults, jobs, launch, open, openWindow, tell }
	from "./browser.mjs";

async function signIn(page) {
	await page.goto(base + "/console/");
	await page.getByLabel("Name").fill(jobs.name);
	await page.getByLabel("Password").fill("a wrong one");
	await page.keyboard.press("Enter");
	await page.locator("#wrong").waitFor();
	const at = await focused(page);
	tell(at.id === "password" && at.described.length > 0 &&
		await page.getByLabel("Name").inputValue() === jobs.name &&
		(await faults(page)).length === 0,
	"what does not fit is told at the fields, and the name stays",
	JSON.stringify(at));
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
	{ width: 320, height: 640, colorScheme: "light", lang: "de" },
	{ width: 1200, height: 800, colorScheme: "dark", lang: "en" },
];

async function look(windows, target) {
	const complaints = [];

	for (const view of windows) {
		const { page } = view;

		await open(page, target);
		const text = await page.context().request.get(page.url(),
			{ headers: { "Accept-Language": view.lang } });
		const found = [...await faults(page),
			...await htmlFaults(await text.text())];

		if (await page.getAttribute("html", "lang") !== view.lang)
			found.push("in another language");
		for (const fault of found)
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

// A long action, from the form to the outcome, by its script.
async function purge(windows) {
	const { page } = windows.at(-1);

	await page.goto(base + "/console/sensors");
	await page.getByRole("link", { name: "Take back" }).first().click();
	await page.getByLabel("Which").fill("4");
	await page.getByRole("button", { name: "See what it would do" }).click();
	await page.locator("#said").getByText("Waits to be confirmed").waitFor();
	await look(windows, new URL(page.url()).pathname);
	await page.getByLabel("Reason").fill("a trial of it");
	await page.getByRole("button", { name: "Take the sightings back (1)" }).click();
	await page.locator("#said").getByText("Done").waitFor();
	tell(await page.getByText("a trial of it").isVisible(),
		"a purge is looked at, confirmed and done", await page.content());
	await look(windows, new URL(page.url()).pathname);
}

// Where the keyboard is, and whether it shows.
function focused(page) {
	return page.evaluate(() => {
		const at = document.activeElement;
		const style = getComputedStyle(at);

		return { id: at.id, name: at.localName,
			text: (at.textContent || at.value || "").trim(),
			described: (at.getAttribute("aria-describedby") ?? "")
				.split(" ").filter((id) => id)
				.map((id) => document.getElementById(id)?.textContent)
				.join(" "),
			shows: style.outlineStyle !== "none" &&
				parseFloat(style.outlineWidth) >= 2,
			main: at.closest("main") !== null };
	});
}

async function tabTo(page, id) {
	for (let i = 0; i < 60 && (await focused(page)).id !== id; i++)
		await page.keyboard.press("Tab");
}

// Each stop shows, each is reached once, and behind the last comes the end.
async function walk(page, target) {
	const faults = [];
	let stops = 0;

	await page.goto(base + target);
	const all = await page.evaluate(() => [...document.querySelectorAll(
		"a[href], button, input:not([type=hidden]), select, [tabindex='0']")]
		.length);
	for (await page.keyboard.press("Tab"); stops <= all;
		await page.keyboard.press("Tab")) {
		const at = await focused(page);

		if (at.name === "body")
			break;
		stops++;
		if (!at.shows)
			faults.push(`${at.name} ${at.id || at.text} does not show`);
	}
	if (stops !== all)
		faults.push(`${stops} stops of ${all}`);
	tell(faults.length === 0, `${target} is walked by the keyboard`,
		faults.join("\n"));
}

// On a phone the pages are behind one word, which the keyboard opens.
async function menu(page) {
	await page.setViewportSize({ width: 320, height: 640 });
	await page.goto(base + "/console/traps");
	const link = page.getByRole("link", { name: "Guard" });
	const summary = page.locator(".menu summary");

	tell(await summary.isVisible() && !await link.isVisible() &&
		await page.evaluate(() => document.querySelector("main")
			.getBoundingClientRect().top < innerHeight / 6),
	"the menu is folded where there is no room", await page.content());
	for (let i = 0; i < 3; i++)
		await page.keyboard.press("Tab");
	tell((await focused(page)).name === "summary" &&
		(await focused(page)).shows, "the keyboard comes to it");
	await page.keyboard.press("Enter");
	await page.keyboard.press("Tab");
	tell((await focused(page)).text === "Overview" &&
		(await focused(page)).shows && await link.isVisible(),
	"opens it, and walks on into it", JSON.stringify(await focused(page)));
	await page.setViewportSize({ width: 1200, height: 800 });
	tell(await link.isVisible() && !await summary.isVisible(),
		"with room it is no menu", await page.content());
}

// To the content, through a form, and to what came of it.
async function byKeyboard(page) {
	await page.goto(base + "/console/traps");
	await page.keyboard.press("Tab");
	tell((await focused(page)).text === "Skip to the content",
		"the first stop skips the navigation");
	await page.keyboard.press("Enter");
	await page.keyboard.press("Tab");
	tell((await focused(page)).main, "and does",
		JSON.stringify(await focused(page)));
	await tabTo(page, "pattern");
	await page.keyboard.type("no trap");
	await page.keyboard.press("Tab");
	await page.keyboard.type("a reason");
	await page.keyboard.press("Enter");
	await page.waitForURL("**/console/do/trap");
	let at = await focused(page);
	tell(at.id === "pattern" && at.described.includes("A pattern is") &&
		await page.locator("#pattern + .fault").isVisible() &&
		await page.getByLabel("Reason").inputValue() === "a reason",
	"what is wrong has the keyboard, and says why", JSON.stringify(at));
	await page.keyboard.press("Control+a");
	await page.keyboard.type("@keyboard.example");
	await page.keyboard.press("Enter");
	await page.waitForURL("**/console/traps?done=trap#done");
	at = await focused(page);
	tell(at.id === "done" && (await page.title()).startsWith(at.text),
		"what was done has it, and heads the title", JSON.stringify(at));
	for (const target of ["/console/listings", "/console/accounts",
		"/console/traps", "/console/guard", "/console/exemptions"])
		await walk(page, target);
}

// What nothing brings back is asked for twice; a refusal has the keyboard.
async function remove(page) {
	await page.goto(base + "/console/accounts");
	await page.locator(`#how-${jobs.name}`).selectOption("remove");
	await page.locator(`#reason-${jobs.name}`).fill("a try");
	await page.getByRole("button", { name: `: ${jobs.name}` }).click();
	await page.locator("#meaning").waitFor();
	const complaints = await faults(page);
	await page.setViewportSize({ width: 320, height: 640 });
	complaints.push(...await faults(page));
	tell(complaints.length === 0 &&
		await page.getByLabel("Reason").inputValue() === "a try",
	"whether an account is to be removed is asked once more",
	complaints.join("\n"));
	await page.setViewportSize({ width: 1200, height: 800 });
	await page.getByRole("button", { name: "for good" }).click();
	await page.locator("#wrong").waitFor();
	const at = await focused(page);
	tell(at.id === `how-${jobs.name}` && at.described.includes("own account") &&
		(await faults(page)).length === 0,
	"what is refused has the keyboard, at the account it was asked of",
	JSON.stringify(at));
}

async function work(page) {
	await page.goto(base + "/console/listings");
	await page.getByLabel("Address or network").fill("192.0.2.88");
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

const context = await launch();
try {
	const windows = await Promise.all(
		looks.map((view) => openWindow(context, view)));
	const { page } = windows.at(-1); // the desk's

	await look(windows, "/console/login");
	await signIn(page);
	for (const target of jobs.pages)
		await look(windows, target);
	await purge(windows);
	await byKeyboard(page);
	await menu(page);
	await remove(page);
	await work(page);
	const complaints = windows.flatMap((one) => one.complaints);
	tell(complaints.length === 0, "without a complaint of the browser",
		complaints.join("\n"));
} finally {
	await context.close();
}
