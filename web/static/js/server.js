// Requests of our own scripts: JSON back, the token that forms carry, and what kind of failure it was.
const person = document.getElementById("main")?.dataset.person;
let token = document.body.dataset.csrf ?? "";

export class Unreachable extends Error {}
export class Broken extends Unreachable {} // it answered, but not what was asked
export class SignedOut extends Error {
  // `who` is somebody else who is signed in with this browser now, if anybody is.
  constructor(who = "") {
    super("su sesión terminó");
    this.who = who;
  }
}
export class Refused extends Error {
  constructor(status, body) {
    super(body?.error?.message ?? "El servidor no lo aceptó.");
    this.status = status;
    this.body = body ?? {};
  }
}

export async function post(path, fields) {
  const answer = await send(path, fields);
  if (answer.status !== 403 && answer.status !== 401) return read(answer);
  await renewToken(); // somebody signed in again in another tab: the token is another
  return read(await send(path, fields));
}

// What this page's person wrote goes out in their name only.
export async function renewToken() {
  const answer = await reach("/session", { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new SignedOut();
  const session = await answer.json();
  if (person && session.name !== person) throw new SignedOut(session.name);
  token = session.csrf;
  document.body.dataset.csrf = token;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRF-Token": token }));
  document.querySelectorAll('input[name="csrf"]').forEach((input) => (input.value = token));
}

export async function fetchPiece(path) {
  const answer = await reach(path, { headers: { "HX-Request": "true" } });
  if (answer.status === 401) throw new SignedOut();
  if (!answer.ok) throw new Refused(answer.status, { error: { message: await answer.text() } });
  return answer.text();
}

// A piece of a page that is drawn from what is sent.
export async function postPiece(path, fields) {
  const answer = await send(path, fields, { "HX-Request": "true" });
  if (answer.status === 401) throw new SignedOut();
  if (!answer.ok) throw new Refused(answer.status, { error: { message: await answer.text() } });
  return answer.text();
}

// Fields as they are, or a FormData where one of them is long.
function send(path, fields, wanted = { Accept: "application/json" }) {
  return reach(path, {
    method: "POST",
    body: fields instanceof FormData ? fields : new URLSearchParams(fields),
    headers: { ...wanted, "X-CSRF-Token": token },
  });
}

async function reach(path, options) {
  let answer;
  try {
    answer = await fetch(path, { ...options, signal: AbortSignal.timeout(10_000) });
  } catch {
    throw new Unreachable();
  }
  if (answer.status >= 500) throw new Broken();
  return answer;
}

async function read(answer) {
  if (answer.status === 401) throw new SignedOut();
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw new Refused(answer.status, body);
  return body;
}
