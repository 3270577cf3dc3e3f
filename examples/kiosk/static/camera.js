// The camera: its pictures are read here by zxing (WebAssembly, from this machine), and
// only the texts of codes leave this page.
"use strict";

const WASM = "/scanner/reader/zxing_reader.wasm";
const WIDEST = 1280;
const start = document.getElementById("camera");
const view = document.getElementById("view");
const video = document.getElementById("video");
const canvas = document.createElement("canvas");
let stream = null;
let wanted = false; // once started, it starts again for the next person
let seen = "";

const zxing = () =>
  new Promise((done, failed) => {
    if (window.ZXingWASM) return done(window.ZXingWASM);
    const script = document.createElement("script");
    script.src = counter.dataset.scanner;
    script.onload = () => {
      // Otherwise it would fetch its other half from a foreign host.
      window.ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => WASM } });
      done(window.ZXingWASM);
    };
    script.onerror = failed;
    document.head.append(script);
  });

const stop = () => {
  for (const track of stream ? stream.getTracks() : []) track.stop();
  stream = null;
  video.srcObject = null;
  view.hidden = true;
  start.textContent = start.dataset.start;
};

const look = async (reads) => {
  const scale = Math.min(1, WIDEST / video.videoWidth);
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  const picture = context.getImageData(0, 0, canvas.width, canvas.height);
  const found = await reads.readBarcodes(picture, { formats: ["QRCode"], tryHarder: true });
  for (const each of found) {
    // Its own question, mirrored in somebody's glasses, is no answer.
    if (!each.isValid || each.text === seen || /^IDW1[RT]/.test(each.text)) continue;
    seen = each.text;
    await read(each.text);
  }
};

const watch = async () => {
  wanted = true;
  seen = "";
  complain("");
  try {
    const reads = await zxing();
    const asked = { video: { facingMode: "environment", width: { ideal: WIDEST } } };
    const opened = await navigator.mediaDevices.getUserMedia(asked);
    if (!wanted || reader.hidden) {
      opened.getTracks().forEach((track) => track.stop());
      return;
    }
    stream = opened;
    video.srcObject = opened;
    view.hidden = false;
    start.textContent = start.dataset.stop;
    await video.play();
    while (stream === opened) {
      if (video.videoWidth) await look(reads);
      await new Promise((done) => setTimeout(done, 120));
    }
  } catch {
    wanted = false;
    stop();
    complain(problem.dataset.camera);
  }
};

start.dataset.start = start.textContent;
start.addEventListener("click", () => {
  if (stream) {
    wanted = false;
    stop();
  } else watch();
});
start.disabled = false;
document.addEventListener("settled", () => {
  if (reader.hidden && stream) stop();
  if (!reader.hidden && wanted && !stream) watch();
});
