// Makes a chat of the page: an answer goes out and the reply comes in without the page being loaded anew.
// The server stays the only one who knows what to show: this fetches the same page and takes over what changed.
// Without this script, or when anything here fails, the form is an ordinary form.
"use strict";
(() => {
  const QUIET_MS = 20000;
  let sending = false;

  const part = (id, from = document) => from.getElementById(id);
  const bubbles = (from) => [...part("log", from).children];
  const words = (bubble) => bubble.classList.contains("mine") + [...bubble.querySelectorAll("p")].map((line) => line.textContent).join("\n");

  const read = async (response) => {
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return response.ok && part("log", page) && part("form", page) ? page : null;
  };

  // Only adds to the log, because a screen reader reads out what is added; another conversation takes its place whole.
  const takeLog = (page) => {
    const log = part("log"), theirs = bubbles(page), ours = bubbles(document);
    if (ours.some((bubble, at) => !theirs[at] || words(bubble) !== words(theirs[at]))) {
      log.replaceChildren(...theirs);
      return theirs.at(-1) || null;
    }
    ours.forEach((bubble, at) => {
      bubble.className = theirs[at].className;
      for (const name of ["id", "lang", "dir"]) {
        if (theirs[at].hasAttribute(name)) bubble.setAttribute(name, theirs[at].getAttribute(name));
        else bubble.removeAttribute(name);
      }
      // The sender's name is in the page's language, which may have changed.
      if (bubble.firstElementChild.textContent !== theirs[at].firstElementChild.textContent) {
        bubble.firstElementChild.replaceWith(theirs[at].firstElementChild.cloneNode(true));
      }
    });
    const added = theirs.slice(ours.length);
    added.forEach((bubble) => bubble.classList.add("fresh"));
    log.append(...added);
    return added[0] || null;
  };

  const takeRest = (page) => {
    document.title = page.title;
    for (const name of ["lang", "dir"]) document.documentElement.setAttribute(name, page.documentElement.getAttribute(name));
    document.body.dataset.band = page.body.dataset.band;
    for (const selector of [".top", ".title", ".foot"]) {
      const mine = document.querySelector(selector), fresh = page.querySelector(selector);
      if (mine && fresh && mine.innerHTML !== fresh.innerHTML) mine.replaceWith(fresh);
    }
  };

  const field = () => part("form").querySelector("textarea:not([readonly]), input:not([type=hidden]), select, .notice") || part("form").querySelector("button");

  const take = (page, { focus }) => {
    const first = takeLog(page);
    takeRest(page);
    const form = part("form", page);
    hush();
    form.querySelectorAll("[autofocus]").forEach((item) => item.removeAttribute("autofocus"));
    part("form").replaceWith(form);
    listen();
    if (focus) field()?.focus({ preventScroll: true });
    if (first) (part("latest")?.closest(".bubble") || first).scrollIntoView({ block: "start" });
  };

  const offline = (form) => {
    let note = form.querySelector(".notice");
    if (!note) {
      note = document.createElement("div");
      note.className = "notice";
      note.tabIndex = -1;
      form.prepend(note);
    }
    note.textContent = form.dataset.offline;
    note.focus();
  };

  // The ordinary way, with the button that was pressed. The form carries its own number, so twice counts once.
  const plainly = (form, button) => {
    form.removeEventListener("submit", submit);
    form.requestSubmit(button || undefined);
  };

  const submit = async (event) => {
    const form = event.currentTarget, button = event.submitter;
    event.preventDefault();
    if (sending) return;
    const body = new URLSearchParams(new FormData(form, button));
    const within = form.contains(document.activeElement) || document.activeElement === button;
    sending = true;
    form.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(form.action, { method: "POST", body });
      const page = await read(response);
      const here = part("form") === form;
      if (!here) return;
      if (page) take(page, { focus: within });
      else if (response.ok && response.redirected) location.assign(response.url);
      else plainly(form, button);
    } catch (error) {
      if (error instanceof TypeError) offline(form);
      else plainly(form, button);
    } finally {
      sending = false;
      form.removeAttribute("aria-busy");
    }
  };

  // Reads out what is asked, for who cannot read it yet or not well, in a voice of the device's own: what a voice from
  // elsewhere reads would be sent there. Where the device has none for the language, there is no button.
  const speech = window.speechSynthesis;
  let reading = [];

  const tongue = (item) => item.closest("[lang]").lang;
  const voiceOf = (language) => {
    const voices = speech.getVoices().filter((voice) => voice.localService && voice.lang.toLowerCase().split(/[-_]/)[0] === language);
    return voices.find((voice) => /[-_]GB$/i.test(voice.lang)) || voices.find((voice) => voice.default) || voices[0];
  };
  const passages = () => {
    const form = part("form"), said = [...document.querySelectorAll(".asks p")];
    // What was said last may be about something else, such as that an answer was not understood: then the question too.
    const question = form.querySelector(".asked > .hidden, legend");
    const heard = question && said.some((line) => line.textContent === question.textContent);
    return [...said, ...(heard || !question ? [] : [question]), ...form.querySelectorAll("#hint, .option .label, .ends span, .place:first-child option:not([value=''])")]
      .filter((item) => item.textContent.trim());
  };

  const nameReading = () => {
    const label = part("aloud")?.lastElementChild;
    if (!label) return;
    label.dataset.start ??= label.textContent;
    label.textContent = reading.length ? part("aloud").dataset.stop : label.dataset.start;
  };
  const hush = () => {
    if (!reading.length) return;
    reading = [];
    speech.cancel();
    nameReading();
  };
  const readAloud = () => {
    if (reading.length) return hush();
    const spoken = passages().map((item) => {
      const said = new SpeechSynthesisUtterance(item.textContent);
      said.lang = tongue(item);
      said.voice = voiceOf(said.lang) || null;
      return said;
    }).filter((said) => said.voice);
    const last = spoken.at(-1);
    if (!last) return;
    last.onend = last.onerror = () => { if (reading === spoken) hush(); };
    reading = spoken;
    speech.cancel();
    spoken.forEach((said) => speech.speak(said));
    nameReading();
  };
  const offerVoice = () => {
    if (part("aloud")) part("aloud").hidden = !speech || !passages().some((item) => voiceOf(tongue(item)));
  };

  const listen = () => {
    part("form").addEventListener("submit", submit);
    part("aloud")?.addEventListener("click", readAloud);
    offerVoice();
  };

  // What we say unasked (a reminder, that it has closed) appears too, unless somebody is in the middle of an answer.
  const untouched = (form) => [...form.elements].every((item) =>
    item.type === "checkbox" || item.type === "radio" ? item.checked === item.defaultChecked
      : item.tagName === "TEXTAREA" || item.type === "text" ? item.value === item.defaultValue
        : item.tagName !== "SELECT" || [...item.options].every((option, at) => option.selected === (option.defaultSelected || (at === 0 && !item.value))));

  const refresh = async () => {
    const form = part("form");
    if (sending || document.hidden || !bubbles(document).some((bubble) => bubble.classList.contains("mine"))) return;
    const page = await fetch(form.action).then(read, () => null);
    if (!page || sending || part("form") !== form) return;
    if (bubbles(page).length === bubbles(document).length) return;
    if (untouched(form)) take(page, { focus: form.contains(document.activeElement) });
    else takeLog(page);
  };

  // Away at once: nothing of it is left to be seen while the next page loads, and Back does not lead here again.
  const SHIFTS = 3, SHIFTS_MS = 5000;
  let shifts = [];
  const leave = (event) => {
    const exit = part("exit");
    if (!exit) return;
    event.preventDefault();
    document.title = "\u00a0";
    document.body.hidden = true;
    location.replace(exit.href);
  };
  document.addEventListener("click", (event) => { if (event.target.closest?.("#exit")) leave(event); });
  document.addEventListener("keyup", (event) => {
    shifts = event.key === "Shift" ? [...shifts.filter((at) => event.timeStamp - at < SHIFTS_MS), event.timeStamp] : [];
    if (shifts.length >= SHIFTS) leave(event);
  });

  listen();
  speech?.addEventListener?.("voiceschanged", offerVoice);
  window.addEventListener("pagehide", hush);
  setInterval(refresh, QUIET_MS);
  document.addEventListener("visibilitychange", refresh);
  document.addEventListener("sayso:refresh", refresh);
})();
