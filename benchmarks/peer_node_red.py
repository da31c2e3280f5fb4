"""The peer where it is installed: Node-RED with a flow that verifies the signature, answers and keeps nothing.

`benchmarks/intake.py` starts it. Settings and flow are made anew in a folder that is thrown away: no editor and no
admin interface, no telemetry, no log. The flow is HTTP in, a function, HTTP response. The raw body comes from the
option of "http in" not to parse it, which Node-RED has since 4.1 (node-red/node-red#5037).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import time
from pathlib import Path

PATH = "/webhooks/woocommerce"
SETTINGS = {
    "uiHost": "127.0.0.1",
    "flowFile": "flows.json",
    "httpAdminRoot": False,
    "disableEditor": True,
    "editorTheme": {"tours": False},
    "telemetry": {"enabled": False, "updateNotification": False},
    "diagnostics": {"enabled": False},
    "logging": {"console": {"level": "off", "metrics": False, "audit": False}},
    "credentialSecret": False,
    "functionExternalModules": True,
}
VERIFY = """
const expected = crypto.createHmac("sha256", SECRET).update(msg.payload).digest();
const given = Buffer.from(msg.req.headers["x-wc-webhook-signature"] || "", "base64");
msg.statusCode = given.length === expected.length && crypto.timingSafeEqual(given, expected) ? 200 : 401;
msg.payload = {};
return msg;
"""


def flow(secret: str) -> list[dict[str, object]]:
    """Return the flow as Node-RED keeps it."""
    crypto = [{"var": "crypto", "module": "crypto"}]
    code = f"const SECRET = {json.dumps(secret)};{VERIFY}"
    return [
        {"id": "intake", "type": "tab", "label": "Intake"},
        {"id": "in", "z": "intake", "type": "http in", "method": "post", "url": PATH, "skipBodyParsing": True,
         "wires": [["verify"]]},
        {"id": "verify", "z": "intake", "type": "function", "func": code, "libs": crypto, "outputs": 1,
         "wires": [["answer"]]},
        {"id": "answer", "z": "intake", "type": "http response", "wires": []},
    ]  # fmt: skip


def prepared(executable: str, port: int, folder: Path, secret: str) -> list[str]:
    """Make the user directory and return the command that starts Node-RED in it."""
    folder.mkdir()
    settings = folder / "settings.js"
    settings.write_text(f"module.exports = {json.dumps(SETTINGS | {'uiPort': port}, indent=2)};\n")
    (folder / "flows.json").write_text(json.dumps(flow(secret), indent=2))
    return [executable, "--userDir", str(folder), "--settings", str(settings)]


def answered(port: int, secret: str, seconds: float = 5.0) -> int | None:
    """Return the status of one delivery that is signed with this secret, None where no answer comes."""
    body = b'{"id": 1}'
    signature = base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()
    headers = {"Content-Type": "application/json", "X-WC-Webhook-Signature": signature}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("POST", PATH, body, headers)
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def check(port: int, secret: str, seconds: float = 30.0) -> None:
    """Return once the flow runs; end the run unless it takes the right signature and refuses a wrong one."""
    deadline = time.monotonic() + seconds
    while (right := answered(port, secret)) == 404 and time.monotonic() < deadline:
        time.sleep(0.1)
    wrong = answered(port, f"not {secret}")
    if (right, wrong) != (200, 401):
        raise SystemExit(f"Node-RED (4.1 or newer?) answered {right} to a right signature and {wrong} to a wrong one")
