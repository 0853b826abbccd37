// Sentences that are shown and read aloud for a while, without taking the focus.
const SECONDS = 8;

export function notice(text, kind = "news") {
  const place = document.getElementById("notices") ?? made();
  const line = document.createElement("p");
  line.className = kind;
  line.textContent = text;
  place.append(line);
  setTimeout(() => line.remove(), SECONDS * 1000);
}

function made() {
  const place = document.createElement("div");
  place.id = "notices";
  place.setAttribute("role", "status");
  document.getElementById("main").prepend(place);
  return place;
}
