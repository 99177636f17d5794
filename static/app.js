/* What the pages gain from a script. Everything works without it. No inline code, nothing stored. */
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const show = (id) => { const box = byId(id); if (box) box.hidden = false; };
  const hide = (id) => { const box = byId(id); if (box) box.hidden = true; };

  /* A failed request of htmx: say so, with the number under which the log has it. */
  document.addEventListener("htmx:response:error", (event) => {
    const answer = event.detail.ctx.response;
    if (answer.status < 500 || answer.headers.get("HX-Redirect")) return;
    byId("failure").querySelector("[data-request-id]").textContent = answer.headers.get("X-Request-ID") || "–";
    show("failure");
  });

  /* No answer at all. */
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx && !event.detail.ctx.response) show("offline");
  });

  document.addEventListener("htmx:before:request", () => { hide("failure"); hide("offline"); });

  /* After a refused request the summary of problems gets the focus; on a whole page too. */
  const focusSummary = () => { const summary = byId("error-summary"); if (summary) summary.focus(); };
  document.addEventListener("htmx:after:swap", (event) => {
    const answer = event.detail.ctx.response;
    if (answer && answer.status >= 400 && answer.status < 500) focusSummary();
  });
  focusSummary();

  /* A link of the summary leads into the box itself, not only near it. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#error-summary a[href^='#']");
    const box = link && byId(link.getAttribute("href").slice(1));
    if (!box) return;
    event.preventDefault();
    (box.matches("fieldset") ? box.querySelector("input, select, textarea") || box : box).focus();
  });

  /* Ctrl+Enter sends the form one is typing in. */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const form = event.target.closest && event.target.closest("form[data-keys]");
    if (!form) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector(".submit button") || undefined);
  });

  /* A choice with a button beside it presses the button: the page then asks what goes with the choice. */
  document.addEventListener("change", (event) => {
    const beside = event.target.matches("select") && event.target.closest(".beside");
    if (beside) beside.querySelector("button").click();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-hide]");
    if (button) hide(button.dataset.hide);
  });

  /* The time-out: announced five minutes ahead, and a button that asks the server for more time. */
  const seconds = Number(document.body.dataset.sessionSeconds);
  if (!seconds) return;
  const ahead = Math.min(300, seconds / 2);
  let ends = Date.now() + seconds * 1000;
  const prolong = () => { ends = Date.now() + seconds * 1000; hide("time-out"); };

  document.addEventListener("htmx:after:request", (event) => {
    const answer = event.detail.ctx.response;
    if (answer && answer.status < 400) prolong();
  });
  document.addEventListener("click", async (event) => {
    if (!event.target.closest("[data-stay]")) return;
    try {
      const answer = await fetch(document.body.dataset.renew, { method: "HEAD", redirect: "manual" });
      if (answer.ok) prolong(); else { hide("time-out"); show("timed-out"); }
    } catch { show("offline"); }
  });
  setInterval(() => {
    const left = Math.ceil((ends - Date.now()) / 1000);
    if (left > ahead) return;
    if (left <= 0) { hide("time-out"); show("timed-out"); return; }
    const minutes = String(Math.ceil(left / 60));
    const told = document.querySelector("#time-out [data-minutes]");
    if (told.textContent !== minutes) told.textContent = minutes;
    show("time-out");
  }, 5000);
})();
