// Sends a form with a file and tells how far it is. Resolves with the answer's JSON; rejects with words for people.
export function send(form, data, progressed) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => event.lengthComputable && progressed(event.loaded / event.total));
    request.addEventListener("load", () => (request.status === 200 ? resolve(request.response) : reject(new Error(said(request)))));
    request.addEventListener("error", () => reject(new Error("Se cortó la conexión: su grabación sigue aquí, envíela otra vez.")));
    request.send(data);
  });
}

function said(request) {
  return request.response?.error?.message ?? "No se pudo enviar: pruebe otra vez.";
}
