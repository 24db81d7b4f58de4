// Keeps the figures up to date while the page is looked at. Without this file the link "Refresh" does the same.
"use strict";
(() => {
  const live = document.getElementById("live");
  if (!live || !window.fetch) return;
  const every = Number(live.dataset.every) * 1000;
  const awake = 10 * 60 * 1000;
  let on = true;
  let seen = Date.now();
  // Whoever has gone away is signed out in time, as without this: only somebody's own doing keeps it going.
  for (const sign of ["keydown", "pointerdown", "pointermove", "scroll"]) {
    addEventListener(sign, () => { seen = Date.now(); }, { passive: true });
  }

  const status = document.createElement("p");
  status.setAttribute("role", "status");
  status.className = "hidden";
  live.before(status);

  const button = document.createElement("button");
  button.type = "button";
  const name = () => { button.textContent = on ? "Stop updating by itself" : "Update by itself"; };
  button.addEventListener("click", () => {
    on = !on;
    name();
    status.textContent = on ? "The figures update by themselves." : "The figures stay as they are.";
  });
  name();
  document.querySelector(".looked").append(" ", button);

  // Nobody's place on the page is lost: what is opened or in focus stays, and the figures wait.
  const busy = () => document.hidden || live.contains(document.activeElement) || live.querySelector("details[open]");
  const figures = (within) => [...within.querySelectorAll("td, dd")].map((each) => each.textContent).join("|");

  const look = async () => {
    if (!on || Date.now() - seen > awake || busy()) return;
    try {
      const answer = await fetch(location.pathname, { headers: { Accept: "text/html" }, redirect: "error" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("live");
      if (!fresh || busy()) return;
      document.getElementById("looked-at").replaceWith(page.getElementById("looked-at"));
      const moved = figures(fresh) !== figures(live);
      live.replaceChildren(...fresh.childNodes);
      if (moved) status.textContent = "The figures were updated.";
    } catch {
      // Offline, or signed out: the figures that are there stay, with their time on them.
    }
  };
  setInterval(look, every);
})();
