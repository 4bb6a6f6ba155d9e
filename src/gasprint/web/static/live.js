// Takes over what has changed in the ledger, part by part, where the page is left open.
"use strict";

(() => {
  const status = document.querySelector("[data-status]");
  let isBusy = false;
  let waiting = null;

  const take = async (edition) => {
    if (edition === document.body.dataset.edition) return;
    if (isBusy) {
      waiting = edition;
      return;
    }
    isBusy = true;
    try {
      const answer = await fetch(location.href);
      if (answer.ok) replace(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      // The next edition, or the next connection, tries again.
    } finally {
      isBusy = false;
    }
    if (waiting !== null) {
      const next = waiting;
      waiting = null;
      await take(next);
    }
  };

  const replace = (fresh) => {
    for (const old of document.querySelectorAll("[data-live]")) {
      const now = fresh.getElementById(old.id);
      if (now === null || now.innerHTML === old.innerHTML) continue;
      const focused = old.contains(document.activeElement) ? document.activeElement : null;
      const scrolled = old.querySelector(".scroll")?.scrollLeft ?? 0;
      old.replaceWith(document.adoptNode(now));
      if (scrolled) now.querySelector(".scroll")?.scrollTo({ left: scrolled });
      if (focused !== null) focusLike(now, focused);
      now.classList.add("fresh");
    }
    document.body.dataset.edition = fresh.body.dataset.edition;
    status.textContent = "The ledger has gone on; this page shows it.";
  };

  const focusLike = (part, focused) => {
    const same = [...part.querySelectorAll("a, .scroll")].find(
      (each) => each.getAttribute("href") === focused.getAttribute("href")
    );
    same?.focus({ preventScroll: true });
  };

  new EventSource("/events").addEventListener("edition", (event) => take(event.data));
})();
