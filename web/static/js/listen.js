// Prompts of a test: each may be called right once it was played from its beginning to its end.
const MISSING = 0.3; // seconds of an end that a player may keep to itself

for (const audio of document.querySelectorAll("audio[data-from]")) {
  const from = Number(audio.dataset.from);
  const to = Number(audio.dataset.to);
  const form = audio.closest("li").querySelector("form");
  const button = form.querySelector("button");
  const look = () => {
    const seconds = within(audio.played, from, to);
    form.elements.played.value = Math.round(seconds * 1000);
    if (!button.disabled || seconds < to - from - MISSING) return;
    button.disabled = false;
    button.removeAttribute("title");
    if (document.activeElement === audio) button.focus();
  };
  for (const event of ["timeupdate", "pause", "ended"]) audio.addEventListener(event, look);
}

function within(played, from, to) {
  let seconds = 0;
  for (let at = 0; at < played.length; at += 1) {
    seconds += Math.max(0, Math.min(played.end(at), to) - Math.max(played.start(at), from));
  }
  return seconds;
}
