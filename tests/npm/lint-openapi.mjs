// Lints an OpenAPI document by Redocly's rules and by Spectral's.
//
//	node lint-openapi.mjs MODULES FILE
//
// One line for each finding; the status is 1 when there was one.
import { createRequire } from "node:module";
import { execFileSync } from "node:child_process";
import path from "node:path";
import process from "node:process";

const [modules, file] = process.argv.slice(2).map((name) => path.resolve(name));
const require = createRequire(path.join(modules, "node_modules/"));
const { createConfig, lint } = require("@redocly/openapi-core");

async function redocly() {
	const config = await createConfig({ extends: ["recommended"] });
	const problems = await lint({ ref: file, config });

	return problems.map(
		(problem) =>
			`redocly ${problem.ruleId} ` +
			`${problem.location[0]?.pointer}: ${problem.message}`,
	);
}

function spectral() {
	const rules = new URL("spectral.yaml", import.meta.url).pathname;
	const program = path.join(modules, "node_modules/.bin/spectral");
	const output = execFileSync(
		program,
		["lint", "--ruleset", rules, "--format", "json", "--quiet",
			"--fail-severity", "hint", file],
		{ encoding: "utf8" },
	);

	return output;
}

let findings = await redocly();
try {
	spectral();
} catch (error) {
	findings.push(...JSON.parse(error.stdout).map(
		(found) =>
			`spectral ${found.code} ${found.path.join("/")}: ` +
			found.message,
	));
}
for (const finding of findings)
	console.log(finding);
process.exitCode = findings.length > 0 ? 1 : 0;
