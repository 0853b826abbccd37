// The form beside a plan's text: a field that is left changes the text at its place; the text is the truth.
import { notice } from "./notices.js";
import { post, Refused } from "./server.js";

let place;
let send;
let took;

export function follow(editor, form, changed) {
  [place, send, took] = [editor, form, changed];
  const views = document.querySelector(".views");
  views.hidden = false;
  views.addEventListener("click", (event) => event.target.dataset.show && view(event.target));
  place.addEventListener("change", (event) => {
    const { path } = event.target.dataset;
    if (path) change({ act: "put", path, value: event.target.value }, event.target);
  });
  place.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button) act(button);
  });
}

function view(button) {
  place.dataset.shown = button.dataset.show;
  for (const each of button.parentElement.children) each.setAttribute("aria-pressed", each === button);
}

function act(button) {
  const fields = { act: button.dataset.act, path: button.dataset.of ?? "" };
  for (const each of button.closest("[data-new]")?.querySelectorAll("[name]") ?? []) fields[each.name] = each.value;
  change(fields, button);
}

async function change(fields, control) {
  const area = document.getElementById("text");
  const before = area.value;
  try {
    const { text } = await post(`/plans/${place.dataset.plan}/change`, send(fields));
    if (area.value !== before) return change(fields, control); // typed on meanwhile: nothing of it is lost
    for (const each of control.closest("[data-new]")?.querySelectorAll("input, textarea") ?? []) each.value = "";
    took(text);
  } catch (failure) {
    const said = failure instanceof Refused ? failure.message : "El servidor no responde: pruebe otra vez.";
    notice(said, "problem");
  }
}

// What is drawn anew keeps what its reader had open, and what they are typing.
export function carryOver(now, next) {
  const open = new Map([...now.querySelectorAll("details")].map((each) => [each.dataset.section, each.open]));
  next.querySelectorAll("details").forEach((each) => (each.open = open.get(each.dataset.section) ?? each.open));
  const held = now.contains(document.activeElement) ? document.activeElement : null;
  const typed = [...now.querySelectorAll("[data-new] [name]")].map((each) => each.value);
  next.querySelectorAll("[data-new] [name]").forEach((each, at) => (each.value = typed[at] || each.value));
  const same = held && twin(held, now, next);
  if (same && held.matches("input, textarea, select")) same.value = held.value;
  const [from, to] = [held?.selectionStart, held?.selectionEnd];
  now.replaceWith(next);
  same?.focus({ preventScroll: true });
  if (typeof from === "number") same?.setSelectionRange?.(from, to);
}

function twin(held, now, next) {
  if (held.id) return next.querySelector(`#${CSS.escape(held.id)}`);
  const kind = held.tagName;
  return next.querySelectorAll(kind)[[...now.querySelectorAll(kind)].indexOf(held)];
}
