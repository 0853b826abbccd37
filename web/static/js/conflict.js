// Two people, or two desks of one, wrote in the same field: both texts stay in sight until somebody decides.
import { speak } from "./notices.js";

const JOINT = { TEXTAREA: "\n", INPUT: " / " };

export class Conflict {
  constructor(field, theirs, by) {
    this.field = field;
    this.theirs = theirs;
    this.by = by || "Otra persona";
    this.box = make("div", "conflict");
    this.box.setAttribute("role", "group");
    this.box.setAttribute("aria-label", `Dos textos en «${field.label}»`);
    field.note.after(this.box);
    this.ask();
    field.say("refused", "hay dos textos: elija");
    speak(`${this.by} escribió en «${field.label}» mientras usted escribía. Elija con qué texto seguir.`);
  }

  ask() {
    const { control } = this.field;
    const joint = JOINT[control.tagName];
    this.box.replaceChildren(
      make("p", "", `${this.by} puso mientras usted escribía:`),
      make("blockquote", "", this.shown(this.theirs)),
      this.choice("Dejar lo mío", () => this.end(control.value)),
      this.choice("Usar ese", () => this.takeTheirs(control.value)),
    );
    if (joint && this.theirs && control.name !== "telephone") {
      this.box.append(this.choice("Juntar los dos", () => this.end(this.theirs + joint + control.value)));
    }
  }

  // What was given up stays at hand until it is dismissed.
  takeTheirs(mine) {
    this.field.resolve(this.theirs);
    this.box.replaceChildren(
      make("p", "", "Lo que usted había escrito:"),
      make("blockquote", "", this.shown(mine)),
      this.choice("Volver a lo mío", () => this.end(mine)),
      this.choice("Descartarlo", () => this.close()),
    );
  }

  end(value) {
    this.close();
    this.field.resolve(value);
  }

  close() {
    this.box.remove();
    this.field.control.focus();
  }

  // A choice of a list is shown by its label.
  shown(value) {
    const options = [...(this.field.control.options ?? [])];
    return options.find((option) => option.value === value)?.textContent ?? (value || "(vacío)");
  }

  choice(text, act) {
    const button = make("button", "quiet small", text);
    button.type = "button";
    button.addEventListener("click", act);
    return button;
  }
}

function make(tag, kind, text = "") {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  made.textContent = text;
  return made;
}
