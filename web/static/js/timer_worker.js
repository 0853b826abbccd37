// Timers for a page in the background, whose own the browser slows down to one a minute.
onmessage = ({ data: [id, milliseconds] }) => setTimeout(() => postMessage(id), milliseconds);
