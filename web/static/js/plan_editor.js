// A plan is written: what is typed is looked at and saved as it is typed, and kept in this tab until then.
import { Gutter } from "./plan_gutter.js";
import { PlanSaving } from "./plan_saving.js";
import { carryOver, follow } from "./plan_form.js";
import { postPiece } from "./server.js";
import { later } from "./timers.js";

const CALM = 350; // milliseconds without typing before the text is looked at
const place = document.querySelector(".plan-editor");
const area = document.getElementById("text");
const gutter = new Gutter(area, place.querySelector(".gutter"));
const saving = new PlanSaving(place, area, changed);
let typed = 0;

function form(extra = {}) {
  const sent = new FormData();
  sent.set("text", new Blob([area.value], { type: "text/plain" }), "plan.yaml");
  for (const [name, value] of Object.entries(extra)) sent.set(name, value);
  return sent;
}

function changed() {
  gutter.draw();
  const turn = ++typed;
  later(CALM, () => turn === typed && look(turn));
}

async function look(turn) {
  try {
    const at = document.querySelector("[data-at]")?.value ?? "";
    const html = await postPiece(`/plans/${place.dataset.plan}/look`, form({ at }));
    if (turn === typed) show(html);
  } catch {
    later(3000, () => turn === typed && look(turn)); // the text itself is kept by the saving
  }
}

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("look");
  const next = document.importNode(fresh, true);
  const now = document.getElementById("look");
  carryOver(now, next);
  mark();
}

function mark() {
  const said = document.querySelector("[data-lines]").dataset.lines.trim();
  const marks = new Map();
  for (const each of said ? said.split(" ") : []) {
    const [line, severity] = each.split(":");
    if (marks.get(Number(line)) !== "error") marks.set(Number(line), severity);
  }
  gutter.mark(marks);
  const counted = document.getElementById("counted");
  const told = document.getElementById("problems-h").textContent.trim();
  if (counted.textContent !== told) counted.textContent = told;
}

function fromHash() {
  const line = Number(location.hash.match(/^#L(\d+)$/)?.[1]);
  if (line) gutter.go(line);
}

area.addEventListener("input", () => {
  saving.typed();
  changed();
});
area.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.ctrlKey || event.isComposing) return;
  const before = area.value.slice(0, area.selectionStart);
  const indent = before.slice(before.lastIndexOf("\n") + 1).match(/^ */)[0];
  if (indent && document.execCommand("insertText", false, `\n${indent}`)) event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "F8") {
    event.preventDefault();
    gutter.next(event.shiftKey ? -1 : 1);
  } else if (event.key === "s" && event.ctrlKey) {
    event.preventDefault();
    saving.now();
  }
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-line]");
  if (!link) return;
  event.preventDefault();
  gutter.go(Number(link.dataset.line));
});
document.getElementById("yaml").addEventListener("submit", (event) => {
  event.preventDefault();
  saving.now();
});
document.addEventListener("change", (event) => event.target.matches("[data-at]") && changed());
addEventListener("hashchange", fromHash);
follow(place, form, (text) => {
  area.value = text;
  saving.typed();
  changed();
});
mark();
saving.recover();
fromHash();
