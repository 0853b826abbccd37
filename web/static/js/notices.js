// Sentences that are shown and read aloud for a while, without taking the focus or moving the page.
const SECONDS = 8;

export function notice(text, kind = "news") {
  const line = document.createElement("p");
  line.className = kind;
  line.textContent = text;
  place("notices", "status").append(line);
  setTimeout(() => line.remove(), SECONDS * 1000);
}

// Read aloud only: what is said already stands where one looks.
export function speak(text) {
  const spoken = place("spoken", "status");
  spoken.className = "hidden-text";
  spoken.textContent = text;
}

function place(id, role) {
  const found = document.getElementById(id);
  if (found) return found;
  const made = document.createElement("div");
  made.id = id;
  made.setAttribute("role", role);
  document.getElementById("main").append(made);
  return made;
}
