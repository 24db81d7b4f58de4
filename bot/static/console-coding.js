// Number keys tick themes while the form is in focus. Without this file everything can be done with Tab and Space.
"use strict";
(() => {
  const form = document.getElementById("coding");
  if (!form) return;
  const boxes = [...form.querySelectorAll('input[name="theme"]')].slice(0, 9);
  if (!boxes.length) return;
  const key = "sayso-number-keys";
  const kept = () => { try { return localStorage.getItem(key) !== "off"; } catch { return true; } };
  const keep = (on) => { try { localStorage.setItem(key, on ? "on" : "off"); } catch { /* Then it is for this page. */ } };

  const numbers = boxes.map((box, place) => {
    const mark = document.createElement("span");
    mark.className = "quiet";
    mark.setAttribute("aria-hidden", "true");
    mark.textContent = ` (${place + 1})`;
    form.querySelector(`label[for="${CSS.escape(box.id)}"]`).append(mark);
    return mark;
  });

  const tick = document.createElement("div");
  tick.className = "tick";
  const wanted = document.createElement("input");
  wanted.type = "checkbox";
  wanted.id = "number-keys";
  wanted.checked = kept();
  const label = document.createElement("label");
  label.htmlFor = wanted.id;
  label.textContent = "Number keys tick themes while you are in this form";
  tick.append(wanted, label);
  const ticks = document.createElement("div");
  ticks.className = "ticks small field";
  ticks.append(tick);
  form.append(ticks);

  const show = () => {
    for (const mark of numbers) mark.hidden = !wanted.checked;
    boxes.forEach((box, place) => {
      if (wanted.checked) box.setAttribute("aria-keyshortcuts", String(place + 1));
      else box.removeAttribute("aria-keyshortcuts");
    });
  };
  wanted.addEventListener("change", () => { keep(wanted.checked); show(); });
  show();

  const writes = (target) => target.matches("textarea, select, input:not([type=checkbox]):not([type=radio])");
  form.addEventListener("keydown", (event) => {
    if (!wanted.checked || event.ctrlKey || event.altKey || event.metaKey || writes(event.target)) return;
    const box = boxes[Number(event.key) - 1];
    if (!box || !/^[1-9]$/.test(event.key)) return;
    event.preventDefault();
    box.checked = !box.checked;
    box.focus();
  });
})();
