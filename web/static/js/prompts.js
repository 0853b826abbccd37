// The pages of recordings: one plan's prompts under the keyboard, and the view to read them aloud one by one.
import { notice } from "./notices.js";
import { Take } from "./take.js";

const teleprompter = document.querySelector("[data-teleprompter]");
if (teleprompter) readAloud(teleprompter);
else lookThrough();

function typing(event) {
  return event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, audio");
}

function lookThrough() {
  const prompts = [...document.querySelectorAll("[data-prompt]")];
  for (const form of document.querySelectorAll("[data-take]")) {
    new Take(form, () => {
      location.assign(`${location.pathname}?done=recorded#${form.dataset.name}`);
    });
  }
  document.addEventListener("keydown", (event) => {
    if (typing(event)) return;
    const at = prompts.findIndex((prompt) => prompt.contains(document.activeElement));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && (at >= 0 || step > 0)) {
      event.preventDefault();
      prompts[Math.min(Math.max(at + step, 0), prompts.length - 1)]?.focus();
    } else if (at >= 0) act(event, prompts[at]);
  });
  const chosen = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (chosen?.matches("[data-prompt]")) chosen.focus();
}

function act(event, prompt) {
  const acts = {
    p: () => play(prompt.querySelector("[data-heard]") ?? prompt.querySelector("[data-voice]")),
    v: () => play(prompt.querySelector("[data-voice]")),
    a: () => prompt.querySelector("[data-approve]")?.click(),
    r: () => prompt.querySelector("[data-reason]")?.focus(),
  };
  const done = acts[event.key.toLowerCase()];
  if (!done) return;
  event.preventDefault();
  done();
}

function play(player) {
  for (const other of document.querySelectorAll("audio")) if (other !== player) other.pause();
  if (player) player.paused ? player.play() : player.pause();
}

function readAloud(list) {
  const pages = [...list.querySelectorAll("[data-page]")];
  const takes = pages.map((page) => new Take(page.querySelector("[data-take]"), (answer) => sent(answer)));
  const [before, after] = [document.querySelector("[data-before]"), document.querySelector("[data-after]")];
  let at = 0;
  document.querySelector("[data-turns]").hidden = false;
  before.addEventListener("click", () => show(at - 1));
  after.addEventListener("click", () => show(at + 1));
  document.addEventListener("keydown", pressed);
  show(0);

  function show(next) {
    takes[at].microphone.stop();
    at = Math.min(Math.max(next, 0), pages.length - 1);
    pages.forEach((page, index) => (page.hidden = index !== at));
    before.disabled = at === 0;
    after.disabled = at === pages.length - 1;
    pages[at].focus();
  }

  function sent(answer) {
    const told = answer.warnings.length ? ` ${answer.warnings.join(" ")}` : "";
    notice(`Grabación ${answer.number} enviada.${told}`);
    pages[at].dataset.sent = "";
    if (pages.every((page) => "sent" in page.dataset)) document.querySelector("[data-finished]").hidden = false;
    if (at < pages.length - 1) show(at + 1);
  }

  function pressed(event) {
    if (typing(event)) return;
    const acts = {
      g: () => takes[at].toggle(),
      p: () => takes[at].play(),
      arrowright: () => show(at + 1),
      arrowleft: () => show(at - 1),
      enter: () => takes[at].file && takes[at].send(),
    };
    const done = acts[event.key.toLowerCase()];
    if (!done || (event.key === "Enter" && event.target.closest("button, a"))) return;
    event.preventDefault();
    done();
  }
}
