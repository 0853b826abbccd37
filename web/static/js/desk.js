// The desk: the stream's messages into regions, the pop announced and rung, the case saved, all by keyboard.
import { Casework } from "./casework.js";
import { Drafts, forgetOthers } from "./drafts.js";
import { shortcuts } from "./keys.js";
import { goBack, keepPlace } from "./memory.js";
import { notice } from "./notices.js";
import { Offline } from "./offline.js";
import { Outbox } from "./outbox.js";
import { show } from "./regions.js";
import { post } from "./server.js";
import { Ring } from "./sound.js";
import { Stream } from "./stream.js";
import { serverTime, tick } from "./ticking.js";

const main = document.getElementById("main");
const { person, zone, version } = main.dataset;
const announcement = document.getElementById("announce");
const title = document.title;
const announced = new Set();

forgetOthers(person);
const drafts = new Drafts(person);
const offline = new Offline(zone);
const outbox = new Outbox((who) => offline.signedOut(who));
const casework = new Casework(drafts, outbox, tellOpen);
const ring = new Ring(document.getElementById("mute"));
const stream = new Stream(`/desk/stream?person=${encodeURIComponent(person)}`, {
  message: take,
  live,
  lost,
  signedOut: (who) => offline.signedOut(who),
  openedElsewhere,
});
keepPlace(person, casework);
goBack(person, casework, drafts);
setInterval(tick, 1000);

function take(message) {
  serverTime(message.now);
  if (message.version && message.version !== version) document.getElementById("outdated").hidden = false;
  for (const [region, html] of Object.entries(message.regions ?? {})) show(region, html);
  if (message.ringing) rings(message.ringing);
  if (message.cases) casework.told(message.cases);
  if (message.case !== undefined) casework.follow(message.case);
  if (message.mine) casework.keepOnly(message.mine, message.left);
  for (const text of message.notices ?? []) notice(text);
  casework.draw();
  tick();
}

function rings(pops) {
  for (const pop of pops) {
    painted(() => stream.send({ ack: pop.id }));
    if (announced.has(pop.id)) continue;
    announcement.textContent = pop.sentence;
  }
  announced.clear();
  pops.forEach((pop) => announced.add(pop.id));
  if (pops.length) ring.start(pops.some((pop) => pop.emergency));
  else ring.stop();
  document.title = pops.length ? `Suena: ${pops[0].name}` : title;
}

// Two frames: after the first the browser has begun to paint, after the second it has.
function painted(then) {
  requestAnimationFrame(() => requestAnimationFrame(then));
}

// What lies here when the stream begins is told then.
function tellOpen() {
  if (!offline.away) stream.send({ open: casework.ids });
}

function live() {
  offline.live();
  tellOpen();
  outbox.wake();
}

// The phone goes on ringing; this page would ring for a call that it does not see end.
function lost() {
  offline.lost();
  ring.stop();
  document.title = title;
}

function openedElsewhere() {
  lost();
  offline.openedElsewhere(() => stream.resume());
}

// Somebody signed in in another tab: the stream of a former session is not for them.
new BroadcastChannel("altavoz").addEventListener("message", ({ data: session }) => {
  if (session === document.body.dataset.csrf) return;
  stream.renew();
  outbox.wake();
});

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("[data-open-case], [data-take-case]");
  if (!link) return;
  event.preventDefault();
  if (link.dataset.takeCase) takeCase(link.dataset.takeCase);
  else casework.open(link.dataset.openCase);
});

async function takeCase(id) {
  try {
    await post(`/cases/${id}/take`, {});
    await casework.open(id);
  } catch (failure) {
    notice(`No se pudo tomar el caso: ${failure.message || "el servidor no responde"}`, "problem");
  }
}

const help = document.getElementById("shortcuts");
document.getElementById("help").addEventListener("click", () => help.showModal());

// A pause asks for its reason; without this script it is taken without one.
const pauses = document.getElementById("pauses");
document.addEventListener("click", (event) => {
  if (!event.target.closest("#paused")) return;
  event.preventDefault();
  pauses.showModal();
});
pauses.addEventListener("click", (event) => event.target.closest("button") && setTimeout(() => pauses.close()));

shortcuts(
  {
    "?": () => help.showModal(),
    l: () => document.getElementById("call").focus(),
    c: () => casework.current?.focus(),
    d: () => document.querySelector('.switch button[aria-pressed="false"]:not(:disabled)')?.click(),
    s: () => ring.toggle(),
    digit: (key) => document.querySelectorAll('[data-region="cases"] [data-open-case]')[Number(key) - 1]?.click(),
  },
  document.getElementById("letters"),
);

addEventListener("beforeunload", (event) => {
  if (casework.dirty) event.preventDefault();
});
