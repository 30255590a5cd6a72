"use strict";

// Draws the table's numbers. Without it the table is there all the same.
(function () {
	const table = document.getElementById("days");
	const heads = [...table.tHead.rows[0].cells].map(
		// Where a word may be parted in the table.
		(cell) => cell.textContent.replaceAll("\u00ad", ""));
	const rows = [...table.tBodies[0].rows].map((row) =>
		[...row.cells].flatMap((cell) =>
			Array(cell.colSpan).fill(cell.textContent)));
	const dark = matchMedia("(prefers-color-scheme: dark)");
	const still = matchMedia("(prefers-reduced-motion: reduce)");
	const paper = matchMedia("print"); // is white, whatever the screen is
	const charts = [];

	// Told apart by dashes and points as well, for those who see no colours.
	const dashes = [[], [6, 3], [2, 2], [8, 3, 2, 3], [12, 4]];
	const points = ["circle", "triangle", "rect", "rectRot", "star"];
	const colours = {
		light: ["#1d5c8f", "#9a3412", "#17663a", "#6b3fa0", "#7a5c00"],
		dark: ["#7db8e8", "#fdb48a", "#86d9a8", "#c9a8f5", "#e8cf74"],
	};

	function dataset(column, index) {
		const shade = dark.matches && !paper.matches ? "dark" : "light";
		const colour = colours[shade][index];

		return {
			label: heads[column],
			// A word says that a day was not counted: a gap.
			data: rows.map((row) => Number(row[column])),
			borderColor: colour,
			backgroundColor: colour,
			borderDash: dashes[index],
			borderWidth: 2,
			pointBorderWidth: 1,
			pointRadius: 3,
			pointStyle: points[index],
			tension: 0,
		};
	}

	function draw(id, columns) {
		const canvas = document.getElementById(id);
		const style = getComputedStyle(document.body);
		const ink = style.color;
		const line = style.getPropertyValue("--line");

		canvas.parentElement.hidden = false;
		charts.push(new Chart(canvas, {
			type: "line",
			data: {
				labels: rows.map((row) => row[0]),
				datasets: columns.map(dataset),
			},
			options: {
				animation: still.matches || paper.matches
					? false : { duration: 300 },
				maintainAspectRatio: false,
				color: ink,
				plugins: {
					title: {
						display: true,
						color: ink,
						font: { size: 14 },
						text: canvas.getAttribute("aria-label"),
					},
					legend: { labels: { color: ink, usePointStyle: true } },
				},
				scales: {
					x: {
						grid: { color: line },
						ticks: {
							color: ink,
							maxTicksLimit: 8,
							// Of the day its month and day.
							callback(value) {
								return this.getLabelForValue(value)
									.slice(5);
							},
						},
					},
					y: {
						beginAtZero: true,
						suggestedMax: 10,
						grid: { color: line },
						ticks: { color: ink, precision: 0 },
					},
				},
			},
		}));
	}

	function redraw() {
		while (charts.length > 0)
			charts.pop().destroy();
		draw("chart-sightings", [1, 2, 3, 4, 5]);
		draw("chart-listings", [6, 7, 8]);
	}

	for (const medium of [dark, paper])
		medium.addEventListener("change", redraw);
	redraw();
})();
