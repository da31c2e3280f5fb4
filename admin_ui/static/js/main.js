// Starts what a page has. Everything here makes pages quicker; nothing of it is needed.
import { startChecks } from "./checks.js";
import { startForms } from "./forms.js";
import { startKeys } from "./keys.js";
import { startLive } from "./live.js";
import { startQueue } from "./queue.js";
import { startTimes } from "./times.js";

startForms();
startKeys();
startQueue();
startChecks();
startLive();
startTimes();
