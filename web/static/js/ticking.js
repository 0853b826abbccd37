// Times that run: every <time data-since> counts from its instant by the server's clock.
let ahead = 0; // milliseconds that the server's clock is ahead of this one

export function serverTime(iso) {
  ahead = Date.parse(iso) - Date.now();
}

export function tick() {
  for (const time of document.querySelectorAll("time[data-since]")) {
    const seconds = Math.max(0, Math.floor((Date.now() + ahead - Date.parse(time.dataset.since)) / 1000));
    const text = clock(seconds);
    if (time.textContent !== text) time.textContent = text;
  }
}

export function hour(milliseconds) {
  return new Date(milliseconds).toLocaleTimeString("es", { hour: "2-digit", minute: "2-digit", hour12: false });
}

function clock(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${two(minutes)}:${two(rest)}`;
}
