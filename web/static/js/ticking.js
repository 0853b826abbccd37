// Times that run: every <time data-since> counts from its instant by the server's clock. This machine's
// clock may be set anew at any moment, so that only the browser's own count since the page began is used.
let ahead = Date.now() - performance.now(); // from the browser's count to the server's clock

export function serverTime(iso) {
  ahead = Date.parse(iso) - performance.now();
}

export function serverNow() {
  return performance.now() + ahead;
}

export function tick() {
  for (const time of document.querySelectorAll("time[data-since]")) {
    const seconds = Math.max(0, Math.floor((serverNow() - Date.parse(time.dataset.since)) / 1000));
    const text = clock(seconds);
    if (time.textContent !== text) time.textContent = text;
  }
}

export function hour(milliseconds, timeZone) {
  const shape = { hour: "2-digit", minute: "2-digit", hour12: false, timeZone };
  return new Date(milliseconds).toLocaleTimeString("es", shape);
}

function clock(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${two(minutes)}:${two(rest)}`;
}
