// What is typed goes to the database a moment later; until it is there, this tab keeps it.
import { post, Refused, SignedOut } from "./server.js";
import { later } from "./timers.js";

const CALM = 1200; // milliseconds without typing before the text is saved
const AGAIN = 3000;

export class PlanSaving {
  constructor(place, area, changed) {
    this.area = area;
    this.changed = changed;
    this.path = `/plans/${place.dataset.plan}/edit`;
    this.revision = Number(place.dataset.revision);
    const mine = ["altavoz-plan", document.getElementById("main").dataset.person, ""].join(":");
    this.key = mine + place.dataset.plan;
    forgetOthers(mine);
    this.said = document.getElementById("saved");
    this.box = document.getElementById("conflict");
    this.kept = area.value; // what the database has
    this.turn = 0;
    this.conflict = !this.box.hidden;
    if (this.conflict) this.choices(this.box.querySelector("textarea").value);
  }

  get dirty() {
    return this.area.value !== this.kept;
  }

  // A page that is loaded anew goes on with what was not saved.
  recover() {
    const draft = attempt(() => JSON.parse(sessionStorage.getItem(this.key)));
    if (!draft || this.conflict || draft.text === this.area.value) return this.forget();
    const theirs = this.area.value;
    this.area.value = draft.text;
    this.changed();
    if (draft.revision === this.revision) return this.now();
    this.ask({ by: "Otra persona", text: theirs, revision: this.revision });
  }

  typed() {
    attempt(() => sessionStorage.setItem(this.key, JSON.stringify({ text: this.area.value, revision: this.revision })));
    if (this.conflict) return;
    this.say("Sin guardar todavía");
    const turn = ++this.turn;
    later(CALM, () => turn === this.turn && this.now());
  }

  async now() {
    if (this.busy || this.conflict) return;
    if (!this.dirty) return this.forget();
    this.busy = true;
    this.say("Guardando…");
    const text = this.area.value;
    const again = await this.send(text);
    this.busy = false;
    if (again !== null && this.dirty && !this.conflict) later(again, () => this.now());
  }

  // After how long to go on; null when it is for the writer to do something.
  async send(text) {
    const form = new FormData();
    form.set("text", new Blob([text], { type: "text/plain" }), "plan.yaml");
    form.set("revision", this.revision);
    try {
      const saved = await post(this.path, form);
      this.revision = saved.revision;
      this.kept = text;
      this.forget();
      const hour = new Date().toLocaleTimeString("es", { hour: "2-digit", minute: "2-digit" });
      this.say(this.dirty ? "Sin guardar todavía" : `Guardado a las ${hour}`);
      return CALM;
    } catch (failure) {
      return this.failed(failure);
    }
  }

  failed(failure) {
    if (failure instanceof SignedOut) {
      this.say("Su sesión terminó: entre en otra pestaña; lo escrito queda aquí");
      return AGAIN;
    }
    if (!(failure instanceof Refused)) {
      this.say("Sin conexión: lo escrito queda en esta pestaña y se guarda solo");
      return AGAIN;
    }
    if (failure.body.now) this.ask(failure.body.now);
    else this.say(failure.message);
    return null;
  }

  // Both texts stay in sight until somebody decides.
  ask(now) {
    this.conflict = true;
    this.revision = now.revision;
    this.say("Hay dos textos: elija");
    const said = document.createElement("p");
    said.textContent = `${now.by} guardó esto mientras usted escribía. Lo suyo sigue abajo.`;
    const theirs = document.createElement("textarea");
    theirs.readOnly = true;
    theirs.rows = 12;
    theirs.value = now.text;
    theirs.setAttribute("aria-label", `El texto de ${now.by}`);
    this.box.replaceChildren(said, theirs);
    this.choices(now.text);
    this.box.hidden = false;
    this.box.scrollIntoView({ block: "nearest" });
  }

  choices(theirs) {
    const acts = document.createElement("p");
    acts.className = "acts";
    acts.append(
      this.choice("Dejar lo mío", () => this.end(this.area.value, theirs)),
      this.choice("Usar ese", () => this.end(theirs, theirs)),
    );
    this.box.append(acts);
  }

  end(text, theirs) {
    this.conflict = false;
    this.box.hidden = true;
    this.kept = theirs;
    this.area.value = text;
    this.area.focus();
    this.changed();
    this.now();
  }

  choice(text, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet small";
    button.textContent = text;
    button.addEventListener("click", act);
    return button;
  }

  forget() {
    if (!this.dirty) attempt(() => sessionStorage.removeItem(this.key));
  }

  say(text) {
    this.said.textContent = text;
  }
}

function forgetOthers(mine) {
  const others = (name) => name.startsWith("altavoz-plan:") && !name.startsWith(mine);
  attempt(() => Object.keys(sessionStorage).filter(others).forEach((name) => sessionStorage.removeItem(name)));
}

function attempt(what) {
  try {
    return what();
  } catch {
    return null; // storage is full or forbidden: the page still holds the text
  }
}
