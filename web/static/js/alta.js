// The page of an alta follows what others do, piece by piece. A piece in which somebody writes is left as it is.
import { fetchPiece, SignedOut } from "./server.js";

const EVERY = 4000; // milliseconds
const place = document.querySelector("[data-live]");
const shown = new Map(); // how the server drew each piece that stands here, without those within it, by name
const noted = new Map(); // what a piece's writer was told of
let fresh = null;
let mark = "";

function pieces(root) {
  return [...root.querySelectorAll("[data-piece]")].map((piece) => [piece.dataset.piece, piece]);
}

// A piece as the server drew it; those within it are told apart by their names alone.
function drawn(piece) {
  const copy = piece.cloneNode(true);
  for (const within of copy.querySelectorAll("[data-piece]")) within.replaceWith(within.dataset.piece);
  return copy.outerHTML;
}

async function look() {
  if (document.visibilityState === "visible") {
    try {
      await read();
    } catch (failure) {
      if (failure instanceof SignedOut) return;
    }
  }
  setTimeout(look, EVERY);
}

async function read() {
  const html = await fetchPiece(`${place.dataset.live}?mark=${mark}`);
  if (html) fresh = new DOMParser().parseFromString(html, "text/html");
  if (!fresh) return;
  mark = fresh.querySelector("[data-mark]").dataset.mark;
  if (shown.size) follow();
  else for (const [name, piece] of pieces(fresh)) shown.set(name, drawn(piece));
}

function follow() {
  const now = new Map(pieces(fresh));
  for (const [name, piece] of pieces(place)) {
    const other = now.get(name);
    if (!piece.isConnected) continue;
    if (!other) piece.remove();
    else if (drawn(other) === shown.get(name)) continue;
    else if (isWritten(piece)) tell(name, piece, other);
    else replace(name, piece, other);
  }
}

function isWritten(piece) {
  if (piece.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) return true;
  return [...piece.querySelectorAll("input:not([type=hidden]), textarea")].some((control) => {
    if (control.type === "file") return control.files.length > 0;
    return control.value !== (control.tagName === "TEXTAREA" ? "" : control.defaultValue);
  });
}

function replace(name, piece, other) {
  const open = [...piece.querySelectorAll("details")].map((each) => each.open);
  const focused = piece.contains(document.activeElement);
  for (const [each, within] of [[name, other], ...pieces(other)]) shown.set(each, drawn(within));
  const next = document.importNode(other, true);
  piece.replaceWith(next);
  window.htmx.process(next);
  next.querySelectorAll("details").forEach((each, at) => (each.open = each.open || (open[at] ?? false)));
  if (focused) next.querySelector("summary, a, button")?.focus();
}

// What others did stands beside what is being written; its writer looks at it when it suits.
function tell(name, piece, other) {
  if (noted.get(name) === drawn(other)) return;
  noted.set(name, drawn(other));
  piece.querySelector(".meanwhile-note")?.remove();
  const note = element("div", "warning meanwhile-note");
  note.setAttribute("role", "status");
  const said = element("p", "");
  said.textContent = "Otra persona cambió esto mientras usted escribe. Lo suyo sigue aquí.";
  const button = element("button", "quiet small");
  button.type = "button";
  button.textContent = "Ver cómo quedó";
  button.addEventListener("click", () => button.replaceWith(theirs(other)));
  note.append(said, button);
  (piece.querySelector("details[open] > .body") ?? piece).prepend(note);
}

function theirs(other) {
  const copy = document.importNode(other, true);
  copy.querySelectorAll("form, .further, .meanwhile-note").forEach((each) => each.remove());
  copy.querySelectorAll("[id], [data-piece]").forEach((each) => each.removeAttribute("id"));
  const held = element("div", "theirs");
  held.append(...copy.querySelectorAll("summary > .when, .body > *"));
  if (!held.childNodes.length) held.append(...copy.childNodes);
  return held;
}

function element(tag, look) {
  const made = document.createElement(tag);
  made.className = look;
  return made;
}

// A link to a step opens it, and leads to what is to be written there.
function reveal() {
  const wanted = location.hash && document.getElementById(location.hash.slice(1));
  const step = wanted && wanted.closest(".step, .turn");
  if (!step) return;
  const details = step.matches(".step") && step.querySelector("details");
  if (details) details.open = true;
  const written = wanted.querySelector("form:not(.further *) :is(textarea, [type=file])");
  (written ?? step.querySelector("summary, h2")).focus();
}

function begin() {
  const wrong = document.querySelector("[aria-invalid='true']");
  if (wrong) wrong.focus();
  else reveal();
}

addEventListener("hashchange", reveal);
addEventListener("load", () => setTimeout(begin)); // the browser itself goes there first, and focuses nothing
look();
