// Two small helps; without them the page is reloaded by hand and the link copied by hand.
"use strict";

// What is live is asked for again each second, until the page says that it is final.
const live = document.querySelector("[data-live]");
if (live) {
  let shown = live.innerHTML;
  const settle = () => {
    const at = live.querySelector("[data-stage]");
    document.body.dataset.stage = at ? at.dataset.stage : "";
    return !live.querySelector("[data-final]");
  };
  // What was open stays open, and who was in it with the keyboard is not thrown out.
  const renew = () => {
    const open = [...live.querySelectorAll("details")].map((each) => each.open);
    const inside = live.contains(document.activeElement);
    live.innerHTML = shown;
    live.querySelectorAll("details").forEach((each, number) => {
      each.open = each.open || Boolean(open[number]);
    });
    if (inside) {
      const title = live.querySelector("h1");
      title.tabIndex = -1;
      title.focus();
    }
  };
  const ask = async () => {
    try {
      const answer = await fetch(live.dataset.live, { cache: "no-store" });
      const holder = document.createElement("div");
      holder.innerHTML = answer.ok ? await answer.text() : shown;
      if (holder.innerHTML !== shown) {
        shown = holder.innerHTML;
        renew();
        const told = document.getElementById("told");
        told.textContent = live.querySelector("[data-stage]").textContent;
      }
    } catch {
      // The service is away: it may come back.
    }
    if (settle()) setTimeout(ask, 1000);
  };
  if (settle()) setTimeout(ask, 500);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  await navigator.clipboard.writeText(field.value);
  button.textContent = button.dataset.copied;
});
