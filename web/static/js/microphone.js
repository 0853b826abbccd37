// The microphone: asked for when it is first needed, measured while it records, let go afterwards.
const FORMS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const LONGEST = 300; // seconds
// What helps a talk spoils a recording.
const PLAIN = { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 };
const WHY = {
  NotAllowedError: "El navegador no tiene permiso para usar el micrófono: actívelo en el candado junto a la dirección y pruebe otra vez.",
  NotFoundError: "No hay ningún micrófono conectado: conéctelo y pruebe otra vez.",
  NotReadableError: "Otro programa está usando el micrófono: ciérrelo y pruebe otra vez.",
};

export function available() {
  return Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder);
}

export class Microphone {
  // `level` is told ten times a second: a value from 0 to 1, and for how many seconds it has been recording.
  constructor(level) {
    this.level = level;
  }

  get recording() {
    return this.recorder?.state === "recording";
  }

  // Resolves with the recording once `stop` was called. Rejects with words for people.
  async record() {
    this.stream = await open();
    const type = FORMS.find((form) => MediaRecorder.isTypeSupported(form));
    this.recorder = new MediaRecorder(this.stream, { mimeType: type, audioBitsPerSecond: 128000 });
    const pieces = [];
    this.recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
    const over = new Promise((resolve) => this.recorder.addEventListener("stop", resolve, { once: true }));
    this.recorder.start();
    this.measure();
    await over;
    this.close();
    return new File(pieces, `microfono.${type.split(/[/;]/)[1]}`, { type });
  }

  stop() {
    if (this.recording) this.recorder.stop();
  }

  measure() {
    this.context = new AudioContext();
    const analyser = this.context.createAnalyser();
    this.context.createMediaStreamSource(this.stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const began = performance.now();
    this.timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const seconds = (performance.now() - began) / 1000;
      this.level(Math.min(1, Math.max(...samples.map(Math.abs))), seconds);
      if (seconds > LONGEST) this.stop();
    }, 100);
  }

  close() {
    clearInterval(this.timer);
    this.context.close();
    this.stream.getTracks().forEach((track) => track.stop());
  }
}

async function open() {
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: PLAIN });
  } catch (error) {
    throw new Error(WHY[error.name] ?? "El micrófono no responde: revíselo y pruebe otra vez.");
  }
}
