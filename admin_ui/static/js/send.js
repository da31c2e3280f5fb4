// Sends a form as a script does: the answer is JSON, with `message` whether it went well or not.
export async function send(form, submitter) {
  const body = new URLSearchParams(new FormData(form, submitter ?? null));
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action");
  try {
    const answer = await fetch(action, { method: "POST", body, headers: { accept: "application/json" } });
    const told = await answer.json();
    if (answer.status === 401) {
      location.reload();
    }
    return { ok: answer.ok, status: answer.status, ...told };
  } catch {
    return { ok: false, status: 0, message: "The server cannot be reached. Nothing was saved; try again." };
  }
}

// Fetches a fragment of a page: HTML that our own templates drew, everything in it escaped.
export async function fragment(address, options = {}) {
  const answer = await fetch(address, { ...options, headers: { "x-fragment": "1" } });
  if (!answer.ok || answer.redirected) {
    throw new Error(`no fragment: ${answer.status}`);
  }
  return answer.text();
}

export function parse(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content;
}
