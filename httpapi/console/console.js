"use strict";

// Looks again while something is under way. Without it a link does. What is
// read out is the news alone: each quarter of the way, and what came of it.
(function () {
	const every = 1000; // milliseconds; a page costs a millisecond
	const news = document.getElementById("news");
	let told = -1; // quarters

	function tell(work, bar) {
		const quarter = Math.floor(bar.value / 25);

		if (quarter > told && told >= 0)
			news.textContent =
				work.querySelector("#count").textContent;
		told = quarter;
	}

	// It is at rest: whoever was within is led to what came of it.
	function rest(work, within) {
		const said = work.querySelector("#said");

		document.title = document.querySelector("h1").textContent;
		news.textContent = said.textContent;
		if (within)
			said.focus();
	}

	async function look() {
		const reply = await fetch(location.href);
		const page = new DOMParser().parseFromString(
			await reply.text(), "text/html");
		const old = document.getElementById("work");
		const fresh = page.getElementById("work");

		if (!fresh) {
			location.reload();
			return;
		}
		show(old, document.importNode(fresh, true), page.title);
		wait();
	}

	function show(old, work, title) {
		const bar = work.querySelector("progress");
		const focused = document.activeElement;
		const within = old.contains(focused);
		const place = [...old.querySelectorAll("a, button")]
			.indexOf(focused);

		old.replaceWith(work);
		document.title = title;
		if (bar === null) {
			rest(work, within);
			return;
		}
		tell(work, bar);
		if (place >= 0)
			work.querySelectorAll("a, button")[place]?.focus();
	}

	function wait() {
		if (document.querySelector("#work progress"))
			setTimeout(() => look().catch(wait), every);
	}

	wait();
})();
