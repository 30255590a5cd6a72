"use strict";

// Looks again while something is under way. Without it a link does.
(function () {
	const every = 1000; // milliseconds; a page costs a millisecond

	async function look() {
		const reply = await fetch(location.href);
		const page = new DOMParser().parseFromString(
			await reply.text(), "text/html");
		const fresh = page.getElementById("work");

		if (!fresh) {
			location.reload();
			return;
		}
		document.getElementById("work").replaceWith(
			document.importNode(fresh, true));
		wait();
	}

	function wait() {
		if (document.querySelector("#work progress"))
			setTimeout(() => look().catch(wait), every);
	}

	wait();
})();
