// The line that says why the desk is not live, and what becomes of what is typed meanwhile.
import { hour, serverNow } from "./ticking.js";

export class Offline {
  constructor(zone) {
    this.zone = zone;
    this.line = document.getElementById("offline");
    this.sign = document.getElementById("live");
    this.since = null;
    this.away = true;
  }

  live() {
    this.since = null;
    this.line.hidden = true;
    this.show("live", "good", "En vivo");
  }

  lost() {
    if (this.since !== null) return;
    this.since = serverNow();
    this.show("lost", "bad", "Sin conexión");
    this.say(
      `Sin conexión con Altavoz desde las ${hour(this.since, this.zone)}. Los teléfonos siguen sonando; lo que escriba se guarda aquí y se enviará solo.`,
    );
  }

  signedOut(who) {
    this.show("lost", "bad", "Sin sesión");
    const link = document.createElement("a");
    link.href = "/sign-in?next=%2Fdesk";
    link.target = "_blank";
    link.textContent = who ? "Entre con su nombre en otra pestaña" : "Entre de nuevo en otra pestaña";
    const why = who ? `En este navegador entró ${who}. ` : "Su sesión terminó. ";
    this.say(why, link, ": lo que escribió sigue aquí y se enviará solo.");
  }

  openedElsewhere(resume) {
    this.show("lost", "bad", "Detenido");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Seguir aquí";
    button.addEventListener("click", resume);
    this.say(
      "Abrió el puesto en otras pestañas o equipos y este dejó de actualizarse. Lo que escriba se guarda igual. ",
      button,
    );
  }

  show(state, colour, label) {
    this.away = state !== "live";
    this.sign.dataset.state = state;
    this.sign.querySelector(".dot").className = `dot ${colour}`;
    this.sign.querySelector(".label").textContent = label;
  }

  say(...parts) {
    this.line.replaceChildren(...parts);
    this.line.hidden = false;
  }
}
