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
document.querySelectorAll("[data-into]").forEach((input) => {
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (file) document.getElementById(input.dataset.into).value = await file.text();
  });
});

// A picture is sent as it is, and read where the wallet is.
document.addEventListener("change", async (event) => {
  const form = event.target.closest("[data-picture]");
  if (!form || !event.target.files.length) return;
  await fetch(form.dataset.picture, { method: "POST", body: event.target.files[0] });
  location.reload();
});
