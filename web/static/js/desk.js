// The desk: the stream's messages into regions, the pop announced and rung, the case saved, all by keyboard.
import { Casework } from "./casework.js";
import { Drafts, forgetOthers } from "./drafts.js";
import { shortcuts } from "./keys.js";
import { notice } from "./notices.js";
import { show } from "./regions.js";
import { post } from "./server.js";
import { Ring } from "./sound.js";
import { Stream } from "./stream.js";
import { hour, serverTime, tick } from "./ticking.js";

const main = document.getElementById("main");
const announcement = document.getElementById("announce");
const offline = document.getElementById("offline");
const liveness = document.getElementById("live");
const title = document.title;
const announced = new Set();

forgetOthers(main.dataset.person);
const casework = new Casework(new Drafts(main.dataset.person));
const ring = new Ring(document.getElementById("mute"));
const stream = new Stream("/desk/stream", { message: take, live, lost, signedOut, openedElsewhere });
setInterval(tick, 1000);

function take(message) {
  serverTime(message.now);
  for (const [region, html] of Object.entries(message.regions ?? {})) show(region, html);
  if (message.ringing) rings(message.ringing);
  if (message.cases) casework.told(message.cases);
  if (message.case !== undefined) casework.follow(message.case);
  if (message.mine) casework.keepOnly(message.mine);
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

function live() {
  offline.hidden = true;
  liveness.dataset.state = "live";
  liveness.querySelector(".dot").className = "dot good";
  liveness.querySelector(".label").textContent = "En vivo";
  casework.retry();
}

function dead(label) {
  liveness.dataset.state = "lost";
  liveness.querySelector(".dot").className = "dot bad";
  liveness.querySelector(".label").textContent = label;
}

function lost() {
  if (liveness.dataset.state === "lost") return;
  dead("Sin conexión");
  offline.textContent = `Sin conexión con el servidor desde las ${hour(Date.now())}: esta pantalla puede estar atrasada. Su teléfono sigue sonando y lo que escriba se guarda al volver.`;
  offline.hidden = false;
}

function signedOut() {
  const link = document.createElement("a");
  link.href = "/sign-in?next=%2Fdesk";
  link.target = "_blank";
  link.textContent = "Entre de nuevo en otra pestaña";
  offline.replaceChildren("Su sesión terminó. ", link, ": lo que escribió sigue aquí y se guarda al volver.");
  offline.hidden = false;
}

// The other desks ring; this one would ring for a call that it does not see end.
function openedElsewhere() {
  dead("Detenido");
  ring.stop();
  document.title = title;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Seguir aquí";
  button.addEventListener("click", () => stream.resume());
  offline.replaceChildren(
    "Abrió el puesto en otras pestañas o equipos y este dejó de actualizarse. Lo que escriba se guarda igual. ",
    button,
  );
  offline.hidden = false;
}

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

shortcuts(
  {
    "?": () => help.showModal(),
    l: () => document.getElementById("call").focus(),
    c: () => casework.current?.focus(),
    d: () => document.querySelector('.switch button[aria-pressed="false"]')?.click(),
    s: () => ring.toggle(),
    digit: (key) => document.querySelectorAll('[data-region="cases"] [data-open-case]')[Number(key) - 1]?.click(),
  },
  document.getElementById("letters"),
);

addEventListener("beforeunload", (event) => {
  if (casework.dirty) event.preventDefault();
});
