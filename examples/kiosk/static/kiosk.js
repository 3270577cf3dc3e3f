// The counter keeps itself up to date, hears a scanner that types, and reads pictures.
"use strict";

const live = document.getElementById("live");
const told = document.getElementById("told");
const reader = document.getElementById("reader");
const counter = document.getElementById("counter");

// --- what is live is asked for again each second ------------------------------------

let shown = live ? live.innerHTML : "";
const place = document.title;
const stage = () => live.querySelector("[data-stage]");

const settle = () => {
  const at = stage();
  document.body.dataset.stage = at ? at.dataset.stage : "";
  const title = live.querySelector("h1");
  document.title = title ? `${title.textContent} – ${place}` : place;
  if (reader) reader.hidden = !at || at.dataset.reads !== "yes";
  document.dispatchEvent(new CustomEvent("settled"));
};

// What was open stays open, and who was in it with the keyboard is not thrown out.
const renew = (text) => {
  const before = stage() ? stage().dataset.stage : "";
  const open = [...live.querySelectorAll("details")].map((each) => each.open);
  const inside = live.contains(document.activeElement);
  shown = text;
  live.innerHTML = text;
  live.querySelectorAll("details").forEach((each, number) => {
    each.open = each.open || Boolean(open[number]);
  });
  settle();
  const title = live.querySelector("h1");
  const hidden = reader && reader.hidden && reader.contains(document.activeElement);
  if ((inside || hidden) && title) {
    title.tabIndex = -1;
    title.focus();
  }
  const at = stage();
  if (at && at.dataset.stage !== before) {
    window.scrollTo(0, 0);
    const words = at.querySelectorAll(".outcome, h1, .do, .lead, .hint");
    told.textContent = [...words].map((each) => each.textContent).join(". ");
  } else {
    const parts = live.querySelector(".parts, .hint");
    if (parts) told.textContent = parts.textContent;
  }
};

// A verdict must not stay on the screen of a kiosk that is not there any more.
const away = document.getElementById("away");
const gone = (isGone) => {
  if (away.hidden === !isGone) return;
  away.hidden = !isGone;
  live.hidden = isGone;
  if (reader) reader.hidden = isGone || stage().dataset.reads !== "yes";
};

const refresh = async () => {
  try {
    const answer = await fetch(live.dataset.live, { cache: "no-store" });
    const text = answer.ok ? await answer.text() : shown;
    const holder = document.createElement("div");
    holder.innerHTML = text;
    gone(!answer.ok);
    if (holder.innerHTML !== shown) renew(holder.innerHTML);
  } catch {
    gone(true);
  }
};

if (live) {
  shown = live.innerHTML;
  settle();
  const again = async () => {
    await refresh();
    setTimeout(again, 1000);
  };
  setTimeout(again, 1000);
}

const send = async (address, body) => {
  try {
    return await fetch(address, { method: "POST", body });
  } finally {
    await refresh();
  }
};
const read = (text) =>
  send(`/${counter.dataset.room}/code`, new URLSearchParams({ text }));

// --- a scanner that types: it presses keys quickly, then Enter ------------------------

const PRESSED = {
  Minus: ["-", "_"], Equal: ["=", "+"], Semicolon: [";", ":"], Slash: ["/", "?"],
  Period: [".", ">"], Space: [" ", " "], NumpadAdd: ["+", "+"], NumpadSubtract: ["-", "-"],
  NumpadMultiply: ["*", "*"], NumpadDivide: ["/", "/"], NumpadDecimal: [".", "."],
};
const SHIFTED = ")!@#$%^&*(";
// A scanner presses keys and knows no letters: where the layout makes Russian ones of
// them, the keys are read by their place.
const placed = ({ code, shiftKey }) => {
  if (/^Key[A-Z]$/.test(code)) return code[3];
  if (/^Digit\d$/.test(code)) return shiftKey ? SHIFTED[code[5]] : code[5];
  if (/^Numpad\d$/.test(code)) return code[6];
  const found = PRESSED[code];
  return found ? found[shiftKey ? 1 : 0] : "";
};
// Milliseconds: a scanner makes no pause, and somebody typing does. What begins like a
// code comes from a scanner, which may falter on a busy machine: the rest may follow.
const PAUSE = 1000, STALL = 10000;
const BEGUN = /^(IDW1|mdoc:)/i;
const nothing = (begun = null) => ({ keys: "", places: "", begun, last: 0 });
let typed = nothing();
const isCode = ({ keys, places }) => BEGUN.test(keys) || BEGUN.test(places);
// What is typed now, behind what came before a pause, unless it is a code of its own.
const joined = ({ keys, places, begun }) =>
  begun && !isCode({ keys, places })
    ? { keys: begun.keys + keys, places: begun.places + places }
    : { keys, places };
const paused = (at) => {
  const before = joined(typed);
  const until = typed.begun ? typed.begun.until : typed.last + STALL;
  return nothing(isCode(before) && at < until ? { ...before, until } : null);
};
if (counter) {
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("input, textarea, select");
    if (field || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.timeStamp - typed.last > PAUSE) typed = paused(event.timeStamp);
    typed.last = event.timeStamp;
    if (event.key === "Enter") {
      // Pressed by somebody after a scan that broke off, it is no end of a code.
      const { keys, places } = typed.keys ? joined(typed) : typed;
      const text = /[а-яё]/i.test(keys) ? places : keys;
      typed = nothing();
      if (text.length > 20) {
        event.preventDefault();
        read(text);
      }
      return;
    }
    if (event.key.length !== 1) return;
    // A space would press the button that has the focus, or move the page.
    if (event.key === " " && (typed.keys || typed.begun)) event.preventDefault();
    typed.keys += event.key;
    typed.places += placed(event);
  });
  document.getElementById("typed").addEventListener("submit", async (event) => {
    event.preventDefault();
    const field = document.getElementById("text");
    const text = field.value;
    field.value = "";
    await read(text);
  });
}

// --- pictures: a file, or what the screen of a simulated phone or till shows ----------

const problem = document.getElementById("problem");
const complain = (text) => {
  if (!problem) return;
  problem.hidden = !text;
  problem.textContent = text || "";
};

const pictured = async (blob, address) => {
  const picture = await createImageBitmap(blob);
  const canvas = document.createElement("canvas");
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext("2d").drawImage(picture, 0, 0);
  const png = await new Promise((done) => canvas.toBlob(done, "image/png"));
  return send(address, png);
};

const drawn = async (address) => {
  const answer = await fetch(address, { cache: "no-store" });
  if (answer.status !== 200) return null; // that screen shows no code
  const url = URL.createObjectURL(await answer.blob());
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 900;
  canvas.getContext("2d").drawImage(image, 0, 0, 900, 900);
  URL.revokeObjectURL(url);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
};

const looked = async (button) => {
  complain("");
  button.disabled = true;
  const before = document.body.dataset.stage;
  // A code in parts is looked at until it is whole.
  for (let turn = 0; turn < 60 && document.body.dataset.stage === before; turn += 1) {
    const png = await drawn(button.dataset.look);
    if (!png) {
      complain(button.dataset.absent);
      break;
    }
    await send(button.dataset.to, png);
    if (!document.querySelector("[data-parts]")) break;
    // In no rhythm of its own, which could meet the same part again and again.
    await new Promise((done) => setTimeout(done, 100 + 700 * Math.random()));
  }
  button.disabled = false;
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-look]");
  if (button) looked(button);
});

const file = document.getElementById("picture");
if (file) {
  file.addEventListener("change", async () => {
    if (!file.files.length) return;
    complain("");
    try {
      const answer = await pictured(file.files[0], `/${counter.dataset.room}/picture`);
      if (answer.status !== 204) complain(problem.dataset.picture);
    } catch {
      complain(problem.dataset.picture);
    }
    file.value = "";
  });
}
