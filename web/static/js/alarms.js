// Alarms on every page: kept live, said aloud once each, and honest when the service itself is gone.
// On the desk they come by the desk's own stream, and only the saying is done here.
import { speak } from "./notices.js";
import { PageStream } from "./page_stream.js";
import { hour } from "./ticking.js";

const SAID = "altavoz-alarms-said";
const PATIENCE = 1500; // a connection that is back by then was not worth a line
const place = document.querySelector("[data-alarm-stream]");
const observed = place ?? document.querySelector('[data-region="alarm"]');
let lostSince = null;
let unfolded = false;

if (place) new PageStream(place.dataset.alarmStream, { message: take, live, lost, signedOut });
if (observed) {
  new MutationObserver(changed).observe(observed, { childList: true, subtree: true });
  changed();
}
document.querySelector("[data-print]")?.addEventListener("click", () => print());

function take(message) {
  if (message.alarms !== undefined) draw(place.querySelector("[data-part=alarms]"), message.alarms);
  if (message.status !== undefined) document.querySelector("[data-part=status]").innerHTML = message.status;
}

// What a page shows of the same matters is asked anew, by `hx-trigger="alarms from:body"`.
function draw(bar, alarms) {
  const before = bar.textContent;
  bar.innerHTML = alarms;
  if (bar.textContent !== before) document.body.dispatchEvent(new Event("alarms"));
}

function shownLive(live) {
  const sign = document.getElementById("updated");
  if (sign) sign.hidden = !live;
}

// What was folded out stays so when the bar is drawn anew.
document.addEventListener("toggle", (event) => {
  if (event.target.closest(".alarms")) unfolded = event.target.open;
}, true);

function changed() {
  const fold = observed.querySelector(".alarms details");
  if (fold && unfolded && !fold.open) fold.open = true;
  sayNew();
}

// Each occurrence once in this tab, whichever page is open then.
function sayNew() {
  const alarms = [...observed.querySelectorAll("[data-alarm]")];
  const said = new Set(read());
  const fresh = alarms.filter((alarm) => !said.has(alarm.dataset.alarm));
  if (fresh.length) speak(`Alarma: ${fresh.map((alarm) => alarm.querySelector("strong").textContent).join(". ")}`);
  write(alarms.map((alarm) => alarm.dataset.alarm));
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(SAID)) ?? [];
  } catch {
    return [];
  }
}

function write(keys) {
  try {
    sessionStorage.setItem(SAID, JSON.stringify(keys));
  } catch {
    // said again on the next page
  }
}

function live() {
  lostSince = null;
  gone().hidden = true;
  shownLive(true);
}

function lost() {
  lostSince ??= Date.now();
  shownLive(false);
  setTimeout(tell, PATIENCE);
}

function tell() {
  if (lostSince === null || !gone().hidden) return;
  gone().textContent = `Sin conexión con Altavoz desde las ${hour(lostSince)}: lo que muestra esta página puede estar atrasado. Los teléfonos siguen sonando. Vuelve sola cuando haya conexión.`;
  gone().hidden = false;
}

function signedOut() {
  const link = document.createElement("a");
  link.href = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
  link.textContent = "Entre de nuevo";
  gone().replaceChildren("Su sesión terminó. ", link, " para seguir.");
  gone().hidden = false;
  lostSince = null;
}

function gone() {
  return document.getElementById("gone");
}
