// One small help: what is live is fetched again when something changed.
"use strict";

const parts = [...document.querySelectorAll("[data-live]")];

const toBottom = (part) => {
  if (part.dataset.bottom) part.scrollTop = part.scrollHeight;
};

// Only what differs is put in place of what was there: what was opened stays open, who
// is in it with the keyboard stays there, and who listens hears the new lines alone.
const same = (old, fresh) => {
  if (old.nodeName !== fresh.nodeName) return false;
  if (old.nodeType !== Node.ELEMENT_NODE) return old.nodeValue === fresh.nodeValue;
  const names = old.getAttributeNames().filter((each) => each !== "open");
  const wanted = fresh.getAttributeNames().filter((each) => each !== "open");
  return (
    names.length === wanted.length &&
    wanted.every((each) => old.getAttribute(each) === fresh.getAttribute(each))
  );
};

const renew = (old, fresh) => {
  const wanted = [...fresh.childNodes];
  let changed = false;
  wanted.forEach((each, number) => {
    const here = old.childNodes[number];
    if (!here) {
      old.append(each);
      changed = true;
    } else if (!same(here, each)) {
      here.replaceWith(each);
      changed = true;
    } else if (each.nodeType === Node.ELEMENT_NODE) {
      changed = renew(here, each) || changed;
    }
  });
  while (old.childNodes.length > wanted.length) {
    old.lastChild.remove();
    changed = true;
  }
  return changed;
};

let beats = "";
let pause = 400;

const look = async () => {
  try {
    const answer = await fetch("/beats", { cache: "no-store" });
    const now = await answer.text();
    if (answer.ok) {
      for (const part of parts) {
        if (now === beats && !part.dataset.always) continue;
        const found = await fetch(part.dataset.live, { cache: "no-store" });
        if (!found.ok) continue;
        const fresh = document.createElement("div");
        fresh.innerHTML = await found.text();
        if (renew(part, fresh)) toBottom(part);
      }
      beats = now;
    }
    pause = 400;
  } catch {
    pause = 2000; // The program is away: it may come back.
  }
  document.body.dataset.beats = beats;
  setTimeout(look, pause);
};

if (parts.length) {
  parts.forEach(toBottom);
  setTimeout(look, 200);
}

// A file that is chosen is read into the field beside it: nothing else is sent.
const intoField = async (input, file) => {
  const field = document.getElementById(input.dataset.into);
  if (field) field.value = await file.text();
};

// A picture is sent as it is, and read where the wallet is.
const toWallet = async (form, picture) => {
  await fetch(form.dataset.picture, { method: "POST", body: picture });
  location.reload();
};

// The page hears of it, for what is in it is put in anew at any time.
document.addEventListener("change", (event) => {
  const [file] = event.target.files || [];
  const form = event.target.closest("[data-picture]");
  if (file && event.target.dataset.into) intoField(event.target, file);
  if (file && form) toWallet(form, file);
});

// Whoever chose a file before this ran chose it, too.
document.querySelectorAll("[data-into]").forEach((input) => {
  if (input.files.length) intoField(input, input.files[0]);
});
