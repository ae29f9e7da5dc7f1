// Sorting, filtering, values of charts, light and dark, paper. Without it everything can be read all the same.
"use strict";

const root = document.documentElement;
const all = (selector, from = document) => [...from.querySelectorAll(selector)];

function themeButton() {
  const button = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const name = () => { button.textContent = isDark() ? "Light colours" : "Dark colours"; };
  button.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; name(); });
  system.addEventListener("change", name);
  name();
  button.hidden = false;
}

// Amounts are whole billionths of a currency: beyond what a number of this language holds exactly.
const valueOf = (cell) => (cell.dataset.value === undefined ? null : BigInt(cell.dataset.value));
const words = new Intl.Collator("en", { numeric: true });

function compare(one, other, number, down) {
  if (!number) {
    const order = words.compare(one.textContent, other.textContent);
    return down ? -order : order;
  }
  const [left, right] = [valueOf(one), valueOf(other)];
  if (left === null || right === null) return (left === null) - (right === null); // unknown comes last either way
  const order = (left > right) - (left < right);
  return down ? -order : order;
}

function sortable(table) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = all("thead th", table);
  heads.forEach((head, column) => {
    const number = head.classList.contains("number");
    const orders = number ? ["descending", "ascending", "none"] : ["ascending", "descending", "none"];
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => {
      const order = orders[(orders.indexOf(head.getAttribute("aria-sort")) + 1) % 3];
      heads.forEach((each) => each.setAttribute("aria-sort", each === head ? order : "none"));
      const sorted = [...rows];
      if (order !== "none") {
        sorted.sort((a, b) => compare(a.cells[column], b.cells[column], number, order === "descending"));
      }
      body.append(...sorted);
    });
  });
}

function filterable(filters) {
  const table = filters.parentElement.querySelector("table");
  const rows = [...table.tBodies[0].rows];
  const text = filters.querySelector("input");
  const choices = all("select", filters);
  const said = filters.querySelector("output");
  const word = (cell) => cell.querySelector(".tone")?.lastChild.textContent ?? cell.textContent;
  function apply() {
    const wanted = text.value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      const fits = row.textContent.toLowerCase().includes(wanted)
        && choices.every((one) => one.selectedIndex === 0 || word(row.cells[one.dataset.column]) === one.value);
      row.hidden = !fits;
      shown += fits;
    }
    const active = shown < rows.length;
    filters.classList.toggle("active", active);
    said.textContent = active
      ? `${shown} of ${rows.length} rows${table.tFoot ? "; the total is that of all rows" : ""}`
      : `${rows.length} rows`;
  }
  filters.addEventListener("input", apply);
  filters.hidden = false;
  apply(); // a browser may bring back what was typed before
}

function values(plot) {
  const bars = all(".bar", plot);
  const tip = document.getElementById("tip");
  let current = null;
  const hide = () => { tip.hidden = true; current = null; };
  addEventListener("scroll", () => { if (current) show(current); }, { passive: true, capture: true });
  function show(bar) {
    current = bar;
    tip.textContent = bar.dataset.says;
    tip.hidden = false;
    const place = bar.getBoundingClientRect();
    const left = place.right + 8 + tip.offsetWidth > innerWidth ? place.left - tip.offsetWidth - 8 : place.right + 8;
    const top = Math.min(Math.max(place.top, 8), innerHeight - tip.offsetHeight - 8);
    tip.style.left = `${Math.max(left, 8)}px`;
    tip.style.top = `${Math.max(top, 8)}px`;
  }
  function move(from, to) {
    const next = bars[Math.min(Math.max(to, 0), bars.length - 1)];
    bars[from].setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  }
  bars.forEach((bar, at) => {
    bar.addEventListener("pointerenter", () => show(bar));
    bar.addEventListener("pointerleave", hide);
    bar.addEventListener("focus", () => show(bar));
    bar.addEventListener("blur", hide);
    bar.addEventListener("keydown", (event) => {
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: bars.length - 1 }[event.key];
      if (event.key === "Escape") hide();
      if (to === undefined) return;
      event.preventDefault();
      move(at, to);
    });
  });
}

function paper() {
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all("details:not([open])");
    folded.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => { folded.forEach((one) => { one.open = false; }); });
}

themeButton();
all("table[data-sortable]").forEach(sortable);
all(".filters").forEach(filterable);
all(".plot").forEach(values);
paper();
