// Shortcuts of one key. They act only outside fields, and can be switched off (WCAG 2.1.4).
const KEY = "altavoz-letters";

export function shortcuts(actions, toggle) {
  let letters = read() !== "no";
  toggle.checked = letters;
  toggle.addEventListener("change", () => {
    letters = toggle.checked;
    try {
      localStorage.setItem(KEY, letters ? "yes" : "no");
    } catch {
      // remembered for this page only
    }
  });
  document.addEventListener("keydown", (event) => {
    const action = actions[event.key] ?? (/^[1-9]$/.test(event.key) ? actions.digit : null);
    if (!action || !letters || busy(event)) return;
    event.preventDefault();
    action(event.key);
  });
}

function busy(event) {
  return (
    event.ctrlKey ||
    event.altKey ||
    event.metaKey ||
    event.target.closest("input, textarea, select, [contenteditable], dialog[open]") !== null
  );
}

function read() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
