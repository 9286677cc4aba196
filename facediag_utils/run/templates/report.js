// A click on a heading sorts its table, and so do Enter and Space on it: upwards, downwards, then as it was.
// Lines of one <tbody> among several stay together and are sorted by the last. Without JavaScript tables stay as they are.
"use strict";
const next = { none: "ascending", ascending: "descending", descending: "none" };

const key = (part, column) => {
  const row = part.rows ? part.rows[part.rows.length - 1] : part;
  const cell = row.cells[column];
  return (cell.dataset.key ?? cell.textContent).trim();
};

const compare = (one, other) =>
  one !== "" && other !== "" && !isNaN(one) && !isNaN(other)
    ? one - other
    : one.localeCompare(other, "en", { numeric: true });

for (const table of document.querySelectorAll("table")) {
  const whole = table.tBodies.length > 1;
  const parts = [...(whole ? table.tBodies : table.tBodies[0].rows)];
  if (parts.length < 2) continue;
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    const button = document.createElement("span"); // a <button> would keep Chromium from repeating headings in print
    button.setAttribute("role", "button");
    button.tabIndex = 0;
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      button.click();
    });
    button.addEventListener("click", () => {
      const order = next[heading.getAttribute("aria-sort") ?? "none"];
      headings.forEach((each) => each.removeAttribute("aria-sort"));
      const sorted = [...parts];
      if (order !== "none") {
        heading.setAttribute("aria-sort", order);
        const sign = order === "ascending" ? 1 : -1;
        sorted.sort((one, other) => sign * compare(key(one, column), key(other, column)));
      }
      (whole ? table : table.tBodies[0]).append(...sorted);
    });
  });
}
